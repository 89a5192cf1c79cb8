"""What became of the outputs that dependents use."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.compatibility.budget import Budget, ExhaustedError
from domain.compatibility.coverage import CoverageQuestion, question
from domain.compatibility.documents import Node, TooEntangledError
from domain.compatibility.shaping import Shaper
from domain.names import ProviderName
from domain.upgrades.answers import OutputState
from domain.upgrades.configs import ConfigPath, ResourceConfig, references
from domain.upgrades.schemas import Fields, SchemaSet

_ROOT = "outputs"


@dataclass(frozen=True, slots=True)
class Use:
    """An output that a resource names or refers to."""

    resource: str
    field: str
    path: ConfigPath | None = None


def uses_of(config: ResourceConfig, provider: ProviderName) -> Iterator[Use]:
    """Yield the outputs of a provider that a plain config uses."""
    for field in config.uses:
        yield Use(config.resource, _relative(field))
    for reference in references(config.config):
        if _names(reference.provider, provider):
            yield Use(reference.resource, _relative(reference.field), reference.path)


def _relative(field: str) -> str:
    return field.removeprefix(f"{_ROOT}.")


def _names(written: str, provider: ProviderName) -> bool:
    """Tell whether a name means the provider; a short one is the platform's, or of the dependent's own namespace."""
    return written in {provider.canonical, provider.name}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a schema says of an output.

    Attributes:
        node: What describes it; None if nothing does.
        types: Which it may have; empty if that is not known.
    """

    node: Node | None
    is_known: bool
    is_gone: bool = False
    types: frozenset[str] = frozenset()
    may_be_missing: bool = False
    may_be_null: bool = False


class OutputComparison:
    """Compares outputs of two versions.

    Args:
        fields: Finds the members that schemas declare.
        new: The target.
        old: The version before, if there is one.
    """

    def __init__(self, fields: Fields, new: SchemaSet, old: SchemaSet | None) -> None:
        self._fields = fields
        self._new, self._old = new, old
        self._shaper = Shaper(Budget())

    def state(self, use: Use) -> tuple[OutputState, bool]:
        """Return what became of an output, and whether that is worse than before; without a before, only if gone."""
        try:
            after = self._facts(self._new, use)
            before = _Facts(None, is_known=False) if self._old is None else self._facts(self._old, use)
        except TooEntangledError:
            return OutputState.UNKNOWN, False
        if not after.is_known:
            return OutputState.UNKNOWN, False
        if after.is_gone:
            return OutputState.GONE, not before.is_gone
        if not use.field:
            return OutputState.THERE, False
        if after.types and before.types and not _within(after.types, before.types):
            return OutputState.TYPE_CHANGED, True
        is_compared = before.is_known and not before.is_gone
        worse = [state for state in _states(after) if is_compared and state not in _states(before)]
        return next(iter((*worse, *_states(after))), OutputState.THERE), bool(worse)

    def feeds(self, use: Use, consumer: ResourceConfig) -> tuple[CoverageQuestion | None, CoverageQuestion | None]:
        """Return the questions whether the field that a use feeds takes the output: under the target, and before."""
        old = None if self._old is None else self._fit(self._old, use, consumer)
        return self._fit(self._new, use, consumer), old

    def _fit(self, schemas: SchemaSet, use: Use, consumer: ResourceConfig) -> CoverageQuestion | None:
        config, writer = schemas.config(consumer.resource), self._facts(schemas, use).node
        if use.path is None or not use.field or config is None or writer is None:
            return None
        reader = self._fields.clear_field(config, use.path)
        return None if reader is None else question(writer, reader)

    def _facts(self, schemas: SchemaSet, use: Use) -> _Facts:
        if schemas.are_known and schemas.find(use.resource) is None:
            return _Facts(None, is_known=True, is_gone=True)
        node = schemas.outputs(use.resource)
        if node is None:
            return _Facts(None, is_known=schemas.find(use.resource) is not None and not use.field)
        missing = null = False
        for step in use.field.split(".") if use.field else ():
            child = self._fields.member(node, step)
            if child is None:
                is_open = self._fields.takes_any(node)
                return _Facts(None, is_known=not is_open, is_gone=not is_open)
            missing |= step not in self._fields.required(node)
            node = child
            null |= "null" in self._types(node)
        return _Facts(node, is_known=True, types=self._types(node), may_be_missing=missing, may_be_null=null)

    def _types(self, node: Node) -> frozenset[str]:
        try:
            shapes = self._shaper.shapes(node)
        except (ExhaustedError, TooEntangledError):
            return frozenset()
        return frozenset(
            "integer" if kind == "number" and all(shape.is_integer for shape in found) else kind
            for kind, found in shapes.items()
        )


def _within(new: frozenset[str], old: frozenset[str]) -> bool:
    allowed = old | {"null"} | ({"integer"} if "number" in old else set())
    return new <= allowed


def _states(facts: _Facts) -> list[OutputState]:
    states = {OutputState.MAY_BE_MISSING: facts.may_be_missing, OutputState.MAY_BE_NULL: facts.may_be_null}
    return [state for state, holds in states.items() if holds]
