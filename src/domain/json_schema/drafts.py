"""Drafts of JSON Schema, and where each has subschemas."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft, as far as its documents differ in what names and references mean.

    Attributes:
        name: What people call it.
        uri: What its documents declare in ``$schema``.
        identifier: The keyword that gives a schema its own URI.
        anchors: The keywords that give a part of a document a name.
        lone_references: Whether ``$ref`` makes the keywords beside it void.
    """

    name: str
    uri: str
    identifier: str
    anchors: tuple[str, ...]
    lone_references: bool


DRAFTS = (
    Draft("4", "http://json-schema.org/draft-04/schema#", "id", ("id",), lone_references=True),
    Draft("6", "http://json-schema.org/draft-06/schema#", "$id", ("$id",), lone_references=True),
    Draft("7", "http://json-schema.org/draft-07/schema#", "$id", ("$id",), lone_references=True),
    Draft("2019-09", "https://json-schema.org/draft/2019-09/schema", "$id", ("$anchor",), lone_references=False),
    Draft(
        "2020-12",
        "https://json-schema.org/draft/2020-12/schema",
        "$id",
        ("$anchor", "$dynamicAnchor"),
        lone_references=False,
    ),
)
DEFAULT_DRAFT = DRAFTS[-1]


def draft_called(uri: object) -> Draft | None:
    """Return the draft of that URI, whether it ends in ``#`` or not and with either scheme, or None."""
    return (_BY_NAME.get(uri) or _BY_NAME.get(_bare(uri))) if isinstance(uri, str) else None


def draft_of(document: Mapping[str, object]) -> Draft | None:
    """Return the draft that a document declares, the default one if it declares none, or None for an unknown one."""
    return draft_called(document["$schema"]) if "$schema" in document else DEFAULT_DRAFT


def _bare(uri: str) -> str:
    return uri.removesuffix("#").removeprefix("https:").removeprefix("http:")


_BY_NAME = {name: draft for draft in DRAFTS for name in (draft.uri, _bare(draft.uri))}


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
