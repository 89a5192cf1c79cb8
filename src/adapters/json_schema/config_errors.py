"""Validating configs with jsonschema-rs, without showing their values."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind, Validator, validator_for

from domain.upgrades.validation import MAX_ERRORS, MAX_MESSAGE, ConfigError, ConfigErrors, ConfigQuestion

_MASK = "this value"
_MAX_ALTERNATIVES = 48
_MAX_LEVELS = 8
_ABSENT = '"field" is a required property'
"""What every value that is no reference lacks."""


class InProcessConfigValidator:
    """A ``ConfigValidator`` for tests and development: it holds up its process, and has no deadline."""

    async def validate(self, questions: Sequence[ConfigQuestion]) -> Sequence[Sequence[ConfigErrors]]:
        return [config_errors(_validated(asked), len(asked.configs)) for asked in questions]


def _validated(asked: ConfigQuestion) -> object:
    try:
        return validate(asked.schema, asked.configs)
    except Exception:  # noqa: BLE001 -- whatever a library makes of a hostile schema is no answer
        return None


def validate(schema: str, configs: Sequence[str]) -> list[list[tuple[list[str | int], str, str]]]:
    """Return path, keyword and message of each error of each config.

    Raises:
        Exception: The library cannot read the schema or gives up.
    """
    validator = validator_for(json.loads(schema), validate_formats=True, mask=_MASK, offline=True)
    return [list(islice(_errors(validator, config), MAX_ERRORS)) for config in configs]


def _errors(validator: Validator, config: str) -> Iterator[tuple[list[str | int], str, str]]:
    for error in validator.iter_errors(json.loads(config)):
        yield from _explained(error, 0)


def _explained(error: ValidationError, level: int) -> Iterator[tuple[list[str | int], str, str]]:
    """Yield the errors of the only alternative that the value can be meant for, or the error itself."""
    kind = error.kind
    if isinstance(kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid) and level < _MAX_LEVELS:
        branches = kind.context
        meant = [branch for branch in branches[:_MAX_ALTERNATIVES] if _is_meant(branch, error)]
        if len(meant) == 1 and len(branches) <= _MAX_ALTERNATIVES:
            for inner in meant[0]:
                yield from _explained(inner, level + 1)
            return
    yield list(error.instance_path), _keyword(error), _message(error)


def _is_meant(branch: Sequence[ValidationError], error: ValidationError) -> bool:
    here = [inner for inner in branch if list(inner.instance_path) == list(error.instance_path)]
    return bool(branch) and not any(
        isinstance(inner.kind, ValidationErrorKind.Type) or inner.message == _ABSENT for inner in here
    )


def _keyword(error: ValidationError) -> str:
    return next((str(step) for step in reversed(list(error.schema_path)) if isinstance(step, str)), "")


def _message(error: ValidationError) -> str:
    if isinstance(error.kind, ValidationErrorKind.PropertyNames):
        return "the name of a member is not allowed"  # the library masks values only
    return error.message[:MAX_MESSAGE]


def config_errors(answer: Any, count: int) -> Sequence[ConfigErrors]:  # noqa: ANN401 -- decoded JSON
    """Return what a list from ``validate`` says of so many configs; anything else says nothing."""
    try:
        found = [
            tuple(ConfigError(tuple(path), keyword, message) for path, keyword, message in each) for each in answer
        ]
    except (TypeError, ValueError):
        return [None] * count
    return found if len(found) == count else [None] * count
