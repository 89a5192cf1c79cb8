"""References between the parts of a JSON Schema. None may leave the document.

A schema that is complete in itself means the same to everyone, today and in ten years, and reading it fetches nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from domain.errors import SchemaProblem
from domain.json_schema.drafts import Draft, Pointer, draft_called, holds_schema, subschemas

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One rule that a schema breaks.

    Attributes:
        path: Where, as the steps of a JSON Pointer.
        message: What is wrong there and what to do, as the end of a sentence.
    """

    problem: SchemaProblem
    path: Pointer
    message: str


def find_violation(document: Mapping[str, object], draft: Draft) -> SchemaViolation | None:
    """Return the first reference, identifier or declaration that leads out of the document or nowhere, or None."""
    telling = {draft.identifier, *draft.anchors, *_REFERENCES, "$schema"}
    parts = [(place, schema) for place, schema in subschemas(document, draft) if not telling.isdisjoint(schema)]
    names = frozenset(name for place, schema in parts for name in _names(schema, draft, place))
    violations = (
        violation for place, schema in parts for violation in _violations(document, draft, names, place, schema)
    )
    return next(violations, None)


def _names(schema: Mapping[str, object], draft: Draft, place: Pointer) -> Iterator[str]:
    for keyword in draft.anchors:
        value = schema.get(keyword)
        if isinstance(value, str) and keyword != draft.identifier:
            yield value
        elif isinstance(value, str) and value.startswith("#") and place:  # at the root it is replaced when served
            yield value[1:]


def _violations(
    document: Mapping[str, object],
    draft: Draft,
    names: frozenset[str],
    place: Pointer,
    schema: Mapping[str, object],
) -> Iterator[SchemaViolation]:
    if place:
        yield from _rebasing(schema, draft, place)
    for keyword in _REFERENCES:
        if keyword in schema:
            yield from _reference(document, draft, names, (*place, keyword), schema[keyword])


def _rebasing(schema: Mapping[str, object], draft: Draft, place: Pointer) -> Iterator[SchemaViolation]:
    identity = schema.get(draft.identifier)
    if isinstance(identity, str) and not (draft.identifier in draft.anchors and identity.startswith("#")):
        yield SchemaViolation(
            SchemaProblem.REFERENCE_FORBIDDEN,
            (*place, draft.identifier),
            f"only the whole document may have an {draft.identifier}, since references below another one would leave "
            "the document; remove it",
        )
    if "$schema" in schema and draft_called(schema["$schema"]) is not draft:
        yield SchemaViolation(
            SchemaProblem.DRAFT_UNSUPPORTED,
            (*place, "$schema"),
            f"a part declares another draft than the document, which is of draft {draft.name}; use one draft",
        )


def _reference(
    document: Mapping[str, object], draft: Draft, names: frozenset[str], place: Pointer, target: object
) -> Iterator[SchemaViolation]:
    if not isinstance(target, str):
        yield SchemaViolation(SchemaProblem.INVALID, place, "a reference is a string")
    elif not target.startswith("#"):
        yield SchemaViolation(
            SchemaProblem.REFERENCE_FORBIDDEN,
            place,
            f"{target!r:.100} leads out of the document; copy what it names into the document and refer to it by #",
        )
    elif not _resolves(document, draft, names, unquote(target[1:])):
        yield SchemaViolation(
            SchemaProblem.REFERENCE_UNRESOLVED,
            place,
            f"{target!r:.100} leads to no schema in the document; define what it names, under $defs for example",
        )


def _resolves(document: Mapping[str, object], draft: Draft, names: frozenset[str], fragment: str) -> bool:
    if fragment.startswith("/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in fragment[1:].split("/")]
        return holds_schema(document, draft, steps)
    return not fragment or fragment in names
