"""The drafts of JSON Schema that are understood."""

from collections.abc import Mapping
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
