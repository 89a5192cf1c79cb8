"""What the keywords of one schema say about values of each type."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

from domain.compatibility.annotations import FLAGS, TEXTS
from domain.compatibility.documents import Part, conjuncts
from domain.compatibility.instances import Shapes
from domain.compatibility.shapes import TYPES, Condition, Contains, Group, Items, Shape, by_text, type_of

FREE: Shapes = {kind: (Shape(kind),) for kind in TYPES}
_ELSEWHERE = TEXTS | {"$ref", "allOf", "anyOf", "oneOf", "$defs", "definitions", "default", *FLAGS}
"""Keywords that are followed, or say nothing."""
_CONCERNED = {"unevaluatedProperties": "object", "unevaluatedItems": "array"}
_COUNTED = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}


def own(part: Part) -> Shapes:
    """Return what the keywords of a part itself say."""
    if part.schema is False:
        return {}
    keywords = part.keywords
    if keywords.keys() <= _ELSEWHERE:
        return FREE
    allowed, is_integer = _types(keywords.get("type"))
    values = _values(part)
    conditions = _conditions(part)
    where = dict.fromkeys(keywords, part)
    return {
        kind: (
            replace(
                _READERS[kind](part, Shape(kind)),
                is_integer=kind == "number" and is_integer,
                values=None if values is None else {t: v for t, v in values.items() if type_of(v) == kind},
                conditions=tuple(c for c in conditions if _CONCERNED.get(c.kind, kind) == kind),
                where=where,
            ),
        )
        for kind in allowed
    }


def _types(written: object) -> tuple[frozenset[str], bool]:
    if written is None:
        return frozenset(TYPES), False
    names = {written} if isinstance(written, str) else set(cast("Sequence[str]", written))
    is_integer = "integer" in names and "number" not in names
    return frozenset("number" if name == "integer" else name for name in names), is_integer


def _values(part: Part) -> dict[str, object] | None:
    keywords = part.keywords
    values = by_text(cast("Sequence[object]", keywords["enum"])) if isinstance(keywords.get("enum"), list) else None
    if "const" in keywords and part.document.year >= 6:
        constant = by_text([keywords["const"]])
        values = constant if values is None else {t: v for t, v in constant.items() if t in values}
    return values


def _conditions(part: Part) -> tuple[Condition, ...]:
    found: list[Condition] = []
    excluded = part.under("not")
    if excluded is not None and excluded.schema is not False:
        found.append(Condition("not", (excluded,), part))
    then, otherwise, test = (part.under(keyword) for keyword in ("then", "else", "if"))
    then, otherwise = (None if one is None or one.schema in (True, {}) else one for one in (then, otherwise))
    is_open = test is not None and test.schema not in (True, False, {})  # otherwise its consequence applies in any case
    if part.document.year >= 7 and is_open and (then is not None or otherwise is not None):
        found.append(Condition("if", (test, then, otherwise), part))
    found.extend(
        Condition(keyword, (part.under(keyword),), part)
        for keyword in ("unevaluatedProperties", "unevaluatedItems")
        if _is_unevaluated(part, keyword) and not _sees_all(part, keyword)
    )
    return tuple(found)


def _is_unevaluated(part: Part, keyword: str) -> bool:
    return part.document.year >= 2019 and keyword in part.keywords and part.keywords[keyword] is not True


def _sees_all(part: Part, keyword: str) -> bool:
    """Tell whether everything that is evaluated beside the keyword applies in any case."""
    varying = {"anyOf", "oneOf", "if", "dependentSchemas", "$dynamicRef", "$recursiveRef"}
    if keyword == "unevaluatedItems":
        varying.add("contains")
    return all(varying.isdisjoint(beside.keywords) for beside in conjuncts((part,)))


def _bound(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _number(part: Part, shape: Shape) -> Shape:
    keywords = part.keywords
    low, high = _bound(keywords.get("minimum")), _bound(keywords.get("maximum"))
    over, under = _bound(keywords.get("exclusiveMinimum")), _bound(keywords.get("exclusiveMaximum"))
    lows = [] if low is None else [(low, keywords.get("exclusiveMinimum") is True)]
    highs = [] if high is None else [(high, keywords.get("exclusiveMaximum") is True)]
    lows += [] if over is None else [(over, True)]
    highs += [] if under is None else [(under, True)]
    step = _bound(keywords.get("multipleOf"))
    return replace(
        shape,
        low=max(lows, default=None),
        high=min(highs, key=lambda bound: (bound[0], not bound[1]), default=None),
        step=step or None,
    )


def _counted(part: Part, shape: Shape) -> Shape:
    low, high = (_bound(part.keywords.get(keyword)) for keyword in _COUNTED[shape.type])
    return replace(shape, least=int(low or 0), most=None if high is None else int(high))


def _string(part: Part, shape: Shape) -> Shape:
    pattern, name = part.keywords.get("pattern"), part.keywords.get("format")
    return replace(
        _counted(part, shape),
        patterns=frozenset({pattern} if isinstance(pattern, str) else ()),
        formats=frozenset({name} if isinstance(name, str) else ()),
    )


def _array(part: Part, shape: Shape) -> Shape:
    keywords, year = part.keywords, part.document.year
    prefix: list[Part | None] = list(part.listed("prefixItems" if year >= 2020 else "items"))
    is_tuple = year < 2020 and isinstance(keywords.get("items"), list)
    rest = part.under("additionalItems") if is_tuple else part.under("items")
    groups = [Items(tuple(prefix), rest)] if prefix or rest is not None else []
    if _is_unevaluated(part, "unevaluatedItems") and _sees_all(part, "unevaluatedItems"):
        beside = [_array(other, Shape("array")).items for other in conjuncts((part,)) if other.key != part.key]
        seen = [items for found in (tuple(groups), *beside) for items in found]
        inner = any("unevaluatedItems" in other.keywords for other in conjuncts((part,)) if other.key != part.key)
        if not inner and all(items.rest is None for items in seen):
            longest = max((len(items.prefix) for items in seen), default=0)
            groups.append(Items((None,) * longest, part.under("unevaluatedItems")))
    contains = part.under("contains") if year >= 6 else None
    least = int(_bound(keywords.get("minContains")) or 0) if year >= 2019 and "minContains" in keywords else 1
    most = _bound(keywords.get("maxContains")) if year >= 2019 else None
    is_void = contains is None or (not least and most is None)
    return replace(
        _counted(part, shape),
        is_unique=keywords.get("uniqueItems") is True,
        items=tuple(groups),
        contains=()
        if is_void or contains is None
        else (Contains(contains, least, None if most is None else int(most)),),
    )


def _group(part: Part) -> Group | None:
    keywords = part.keywords
    if {"properties", "patternProperties", "additionalProperties"}.isdisjoint(keywords):
        return None
    rest = part.under("additionalProperties")
    is_free = rest is None or (rest.schema is not False and rest.keywords.keys() <= TEXTS)
    return Group(
        {name: (child,) for name, child in part.named("properties").items()},
        {pattern: (child,) for pattern, child in part.named("patternProperties").items()},
        None if is_free else rest,
        is_invited=is_free and "additionalProperties" in keywords,
    )


def _object(part: Part, shape: Shape) -> Shape:
    keywords, year = part.keywords, part.document.year
    group = _group(part)
    groups = [] if group is None else [group]
    if _is_unevaluated(part, "unevaluatedProperties") and _sees_all(part, "unevaluatedProperties"):
        closure = conjuncts((part,))
        others = [found for found in (_group(other) for other in closure) if found is not None]
        inner = any("unevaluatedProperties" in other.keywords for other in closure if other.key != part.key)
        if not inner and not any("additionalProperties" in other.keywords for other in closure):
            groups.append(
                Group(
                    {name: () for found in others for name in found.declared},
                    {pattern: () for found in others for pattern in found.patterns},
                    part.under("unevaluatedProperties"),
                )
            )
    names = part.under("propertyNames") if year >= 6 else None
    requires, dependents = _dependencies(part)
    required = keywords.get("required")
    return replace(
        _counted(part, shape),
        required=frozenset(cast("Sequence[str]", required)) if isinstance(required, list) else frozenset(),
        groups=tuple(groups),
        names=() if names is None else (names,),
        requires=requires,
        dependents=dependents,
    )


def _dependencies(part: Part) -> tuple[Mapping[str, frozenset[str]], tuple[tuple[str, Part], ...]]:
    keywords = part.keywords
    is_recent = part.document.year >= 2019
    lists = keywords.get("dependentRequired" if is_recent else "dependencies")
    requires = {
        name: frozenset(needed)
        for name, needed in (lists.items() if isinstance(lists, dict) else ())
        if isinstance(needed, list) and needed
    }
    return requires, tuple(part.named("dependentSchemas" if is_recent else "dependencies").items())


_READERS: Mapping[str, Callable[[Part, Shape], Shape]] = {
    "null": lambda _, shape: shape,
    "boolean": lambda _, shape: shape,
    "number": _number,
    "string": _string,
    "array": _array,
    "object": _object,
}
