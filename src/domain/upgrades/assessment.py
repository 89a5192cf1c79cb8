"""Putting together what one version means for a dependent's resources."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.compatibility.budget import ExhaustedError
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.documents import TooEntangledError
from domain.compatibility.report import VersionSchemas
from domain.names import ProviderName
from domain.upgrades.answers import ConfigVerdict, Note, OutputUse, ResourceAnswer
from domain.upgrades.configs import ResourceConfig, plain
from domain.upgrades.notes import NoteFinder
from domain.upgrades.outputs import OutputComparison, Use, uses_of
from domain.upgrades.schemas import Fields, SchemaSet
from domain.upgrades.validation import MAX_ERRORS, ConfigError, ConfigErrors, ConfigQuestion, new_errors

MAX_FITS = 50
_MAX_LOOKED_AT = 200
_REMOVED = ConfigError((), "resource", "the version has no such resource type")
Validated = Mapping[tuple[str, int], ConfigErrors]
"""By schema and the index of the config."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A use, and the questions whether its field takes the output: under the target, and before.

    Attributes:
        is_skipped: Whether there were too many uses to ask about this one.
    """

    use: Use
    now: CoverageQuestion | None
    then: CoverageQuestion | None
    is_skipped: bool = False


class Assessment:
    """What one version means for configs.

    Asks first, answers then: what a process of its own validates and compares lies between.

    Args:
        provider: Whose versions they are.
        configs: In any form; ``configs`` of the result are plain.
        target: The schemas of the version that is asked about.
        before: The schemas of the version that is used now, if that is known.
    """

    def __init__(
        self,
        provider: ProviderName,
        configs: Sequence[ResourceConfig],
        target: VersionSchemas,
        before: VersionSchemas | None,
    ) -> None:
        self._configs = [replace(each, config=_plain(each.config)) for each in configs]
        self._texts = [json.dumps(each.config) for each in self._configs]
        self._new = SchemaSet(target)
        self._old = None if before is None else SchemaSet(before)
        self._fields = Fields()
        self._outputs = OutputComparison(self._fields, self._new, self._old)
        self._left = _MAX_LOOKED_AT
        self._fits = [[self._fit(use, config) for use in uses_of(config, provider)] for config in self._configs]

    def to_validate(self) -> dict[str, list[int]]:
        """Return the indexes of the configs that are to be validated, by schema."""
        found: dict[str, list[int]] = {}
        for index, config in enumerate(self._configs):
            for schemas in (self._new, self._old):
                text = _schema_text(schemas, config.resource)
                if text is not None and index not in found.setdefault(text, []):
                    found[text].append(index)
        return found

    def question(self, schema: str, indexes: Sequence[int]) -> ConfigQuestion:
        """Return the question whether these configs are valid under a schema."""
        return ConfigQuestion(schema, tuple(self._texts[index] for index in indexes))

    def to_cover(self) -> list[CoverageQuestion]:
        """Return the questions about fields that outputs feed, 50 at most."""
        asked = [each for fits in self._fits for fit in fits for each in (fit.now, fit.then) if each is not None]
        return list(dict.fromkeys(asked))[:MAX_FITS]

    def answers(self, validated: Validated, covered: Mapping[CoverageQuestion, Coverage]) -> tuple[ResourceAnswer, ...]:
        """Return what becomes of each resource."""
        notes = NoteFinder(self._fields)
        return tuple(
            self._answer(index, config, validated, covered, notes) for index, config in enumerate(self._configs)
        )

    def _fit(self, use: Use, config: ResourceConfig) -> Fit:
        if use.path is not None:
            self._left -= 1
            if self._left < 0:
                return Fit(use, None, None, is_skipped=True)
        try:
            return Fit(use, *self._outputs.feeds(use, config))
        except (ExhaustedError, TooEntangledError, RecursionError):
            return Fit(use, None, None)

    def _answer(
        self,
        index: int,
        config: ResourceConfig,
        validated: Validated,
        covered: Mapping[CoverageQuestion, Coverage],
        notes: NoteFinder,
    ) -> ResourceAnswer:
        after = self._errors(self._new, index, config, validated)
        before = None if self._old is None else self._errors(self._old, index, config, validated)
        errors = () if after is None else new_errors(after, before or ())
        verdict = ConfigVerdict.INVALID if after else ConfigVerdict.UNKNOWN if after is None else ConfigVerdict.VALID
        return ResourceAnswer(
            resource=config.resource,
            name=config.name,
            verdict=verdict,
            was_invalid=None if before is None else bool(before),
            errors=errors,
            notes=self._notes(config, after or (), notes),
            outputs=tuple(self._output(fit, covered) for fit in self._fits[index]),
            is_truncated=any(len(found or ()) >= MAX_ERRORS for found in (before, after)),
        )

    def _errors(self, schemas: SchemaSet, index: int, config: ResourceConfig, validated: Validated) -> ConfigErrors:
        if schemas.are_known and schemas.find(config.resource) is None:
            return (_REMOVED,)
        text = _schema_text(schemas, config.resource)
        return None if text is None else validated.get((text, index))

    def _notes(self, config: ResourceConfig, errors: Sequence[ConfigError], notes: NoteFinder) -> tuple[Note, ...]:
        new = self._new.config(config.resource)
        old = None if self._old is None else self._old.config(config.resource)
        if new is None:
            return ()
        refused = {error.path for error in errors}
        try:
            return notes.find(config.config, new, old, refused)
        except (ExhaustedError, TooEntangledError, RecursionError):
            return ()

    def _output(self, fit: Fit, covered: Mapping[CoverageQuestion, Coverage]) -> OutputUse:
        state, is_worse = self._outputs.state(fit.use)
        fits = None
        if fit.use.path is not None and fit.use.field:
            fits = Coverage.UNKNOWN if fit.now is None else covered.get(fit.now, Coverage.UNKNOWN)
        fitted = Coverage.UNKNOWN if fit.then is None else covered.get(fit.then, Coverage.UNKNOWN)
        is_unknown = fits is Coverage.UNKNOWN and fit.now is not None and fit.now != fit.then
        return OutputUse(
            resource=fit.use.resource,
            field=fit.use.field,
            state=state,
            path=fit.use.path,
            fits=fits,
            breaks=is_worse or (fits is Coverage.NO and fitted is not Coverage.NO),
            is_doubtful=fit.is_skipped or is_unknown,
        )


def _plain(config: Mapping[str, object]) -> Mapping[str, object]:
    return {name: plain(value) for name, value in config.items()}


def _schema_text(schemas: SchemaSet | None, resource: str) -> str | None:
    found = None if schemas is None else schemas.find(resource)
    return None if found is None or found.config_schema is None else found.config_schema.text
