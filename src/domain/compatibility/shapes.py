"""Schemas in a form that can be compared: by type, as alternatives of what applies to a value of that type.

However a schema is written (``anyOf`` or a list of types, ``const`` or ``enum``, behind references or ``allOf``), equal
meanings come out alike. What has no such form is kept as a condition beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor, lcm
from typing import TypeAlias

from domain.compatibility.documents import Part, spelling

TYPES = ("null", "boolean", "number", "string", "array", "object")
Bound: TypeAlias = tuple[Fraction, bool]
"""A number, and whether it is excluded itself."""


@dataclass(frozen=True, slots=True)
class Group:
    """``properties``, ``patternProperties`` and ``additionalProperties`` that stand together.

    Attributes:
        declared: By name; several schemas apply together.
        patterns: By pattern.
        rest: What applies to all other members; None for anything.
        is_invited: Whether ``additionalProperties: true`` is written out.
    """

    declared: Mapping[str, tuple[Part, ...]]
    patterns: Mapping[str, tuple[Part, ...]]
    rest: Part | None
    is_invited: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """``prefixItems`` and ``items`` that stand together; None for anything."""

    prefix: tuple[Part | None, ...]
    rest: Part | None


@dataclass(frozen=True, slots=True)
class Contains:
    """How many items of a kind there must and may be."""

    part: Part
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """What has no form by type: ``not``, ``oneOf``, ``if``, ``anyOf``, ``unevaluated``.

    Attributes:
        kind: The keyword.
        parts: For ``if``: if, then, else, the latter two None where absent.
        owner: Where it stands.
    """

    kind: str
    parts: tuple[Part | None, ...]
    owner: Part

    @property
    def key(self) -> tuple[object, ...]:
        """Identifies the condition; what is left over depends on all that stands beside it."""
        owner = self.owner.key if self.kind.startswith("unevaluated") else None
        return (self.kind, owner, *(None if part is None else part.key for part in self.parts))


@dataclass(frozen=True, slots=True)
class Shape:
    """What applies to values of one type; all of it together.

    Attributes:
        values: By canonical text, if only some are allowed; None for all.
        where: The part in which each keyword stands.
        origin: The keyword whose branch this is, or None.
        branch: The branch, if it is one.
    """

    type: str
    values: Mapping[str, object] | None = None
    is_integer: bool = False
    low: Bound | None = None
    high: Bound | None = None
    step: Fraction | None = None
    least: int = 0
    most: int | None = None
    patterns: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    is_unique: bool = False
    items: tuple[Items, ...] = ()
    contains: tuple[Contains, ...] = ()
    required: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    names: tuple[Part, ...] = ()
    requires: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dependents: tuple[tuple[str, Part], ...] = ()
    conditions: tuple[Condition, ...] = ()
    where: Mapping[str, Part] = field(default_factory=dict)
    origin: str | None = None
    branch: Part | None = None

    def meet(self, other: "Shape") -> "Shape":
        """Return what applies if both apply."""
        return replace(
            self,
            values=_common(self.values, other.values),
            is_integer=self.is_integer or other.is_integer,
            low=_tightest(self.low, other.low, 1),
            high=_tightest(self.high, other.high, -1),
            step=common_step(self.step, other.step),
            least=max(self.least, other.least),
            most=_least(self.most, other.most),
            patterns=self.patterns | other.patterns,
            formats=self.formats | other.formats,
            is_unique=self.is_unique or other.is_unique,
            items=(*self.items, *other.items),
            contains=(*self.contains, *other.contains),
            required=self.required | other.required,
            groups=(*self.groups, *other.groups),
            names=(*self.names, *other.names),
            requires={
                name: self.requires.get(name, frozenset()) | other.requires.get(name, frozenset())
                for name in (*self.requires, *other.requires)
            },
            dependents=(*self.dependents, *other.dependents),
            conditions=(*self.conditions, *other.conditions),
            where={**other.where, **self.where},
            origin=other.origin or self.origin,
            branch=other.branch or self.branch,
        )

    @property
    def top(self) -> int | None:
        """The greatest number of characters, items or members that any keyword allows, or None."""
        ends = [] if self.most is None else [self.most]
        ends += [len(items.prefix) for items in self.items if items.rest is not None and items.rest.schema is False]
        ends += [
            len(group.declared)
            for group in self.groups
            if group.rest is not None and group.rest.schema is False and not group.patterns
        ]
        return min(ends, default=None)

    def settled(self) -> "Shape":
        """Return the same with bounds as tight as they mean: whole numbers, whose bounds are inclusive."""
        shape = self
        if self.type == "number":
            if self.step is not None and self.step.denominator == 1:
                shape = replace(shape, is_integer=True)
            step = common_step(self.step, Fraction(1)) if shape.is_integer else self.step
            low, high = inclusive(self.low, step, 1), inclusive(self.high, step, -1)
            shape = replace(shape, step=step, low=low, high=high)
        return shape


def common_step(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """Return the step of which the multiples are multiples of both."""
    if one is None or other is None:
        return other if one is None else one
    numerator = lcm(one.numerator * other.denominator, other.numerator * one.denominator)
    return Fraction(numerator, one.denominator * other.denominator)


def type_of(value: object) -> str:
    """Return the type of a decoded value, with one for all numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def by_text(values: Iterable[object]) -> dict[str, object]:
    """Return values by their canonical text, each once."""
    return {spelling(value): value for value in values}


def _common(one: Mapping[str, object] | None, other: Mapping[str, object] | None) -> Mapping[str, object] | None:
    if one is None or other is None:
        return other if one is None else one
    return {text: value for text, value in one.items() if text in other}


def _tightest(one: Bound | None, other: Bound | None, sign: int) -> Bound | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda bound: (sign * bound[0], bound[1]))


def _least(one: int | None, other: int | None) -> int | None:
    return min((number for number in (one, other) if number is not None), default=None)


def inclusive(bound: Bound | None, step: Fraction | None, sign: int) -> Bound | None:
    """Move a bound to the multiple of the step that is next within it."""
    if bound is None or step is None:
        return bound
    number, is_exclusive = bound
    multiple = ceil(number / step) if sign > 0 else floor(number / step)
    if is_exclusive and multiple * step == number:
        multiple += sign
    return multiple * step, False
