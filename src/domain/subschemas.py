"""Where a JSON Schema holds further schemas. What stands elsewhere (``default``, ``enum`` …) is data."""

import re
from collections.abc import Mapping, Sequence

from domain.schema_drafts import Draft

Pointer = tuple[str, ...]
"""The steps of a JSON Pointer."""

_SINGLE = frozenset({
    *("additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not"),
    *("propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
})  # fmt: skip
_LISTED = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
DEFINITIONS = frozenset({"$defs", "definitions"})
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_NAMED = DEFINITIONS | {"dependencies", "dependentSchemas", "patternProperties", "properties"}
_HOLDING = _SINGLE | _LISTED | _NAMED


def subschemas(schema: Mapping[str, object], draft: Draft) -> Sequence[tuple[Pointer, Mapping[str, object]]]:
    """Return a schema and all schemas below it with their places, level by level; true and false are left out."""
    found: list[tuple[Pointer, Mapping[str, object]]] = [((), schema)]
    for place, part in found:  # which grows meanwhile
        if _HOLDING.isdisjoint(part):  # as most are
            continue
        for keyword in part:
            if keyword in _HOLDING and _counts(keyword, part, draft):
                found += _held(place, keyword, part[keyword])
    return found


def holds_schema(schema: object, draft: Draft, pointer: Sequence[str]) -> bool:
    """Tell whether a pointer leads to a schema, through schemas only."""
    while pointer:
        if not isinstance(schema, Mapping) or not _counts(pointer[0], schema, draft):
            return False
        schema, pointer = _follow(schema.get(pointer[0]), pointer)
    return isinstance(schema, Mapping | bool)


def _counts(keyword: str, schema: Mapping[str, object], draft: Draft) -> bool:
    """Tell whether a keyword has effect: beside a lone reference only definitions are looked up all the same."""
    return keyword in DEFINITIONS or not (draft.lone_references and "$ref" in schema)


def _held(place: Pointer, keyword: str, value: object) -> Sequence[tuple[Pointer, Mapping[str, object]]]:
    if keyword in _NAMED and isinstance(value, dict):
        return [((*place, keyword, name), child) for name, child in value.items() if isinstance(child, dict)]
    if keyword in _LISTED and isinstance(value, list):
        return [((*place, keyword, str(index)), child) for index, child in enumerate(value) if isinstance(child, dict)]
    if keyword in _SINGLE and isinstance(value, dict):
        return [((*place, keyword), value)]
    return ()


def _follow(value: object, pointer: Sequence[str]) -> tuple[object, Sequence[str]]:
    """Return what the first steps of a pointer lead to, None for no schema, and the steps that are left.

    Looked up and not searched for, since a document may hold as many references as definitions.
    """
    keyword, *rest = pointer
    if keyword in _NAMED and isinstance(value, Mapping) and rest:
        return value.get(rest[0]), rest[1:]
    if keyword in _LISTED and isinstance(value, list) and rest and _INDEX.fullmatch(rest[0]):
        index = int(rest[0])
        return value[index] if index < len(value) else None, rest[1:]
    if keyword in _SINGLE and not isinstance(value, list):
        return value, rest
    return None, ()
