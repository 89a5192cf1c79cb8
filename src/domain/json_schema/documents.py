"""The schemas of one resource type as one JSON Schema document, which needs nothing beside itself."""

from collections.abc import Iterator, Mapping
from typing import cast

from domain.json_schema.drafts import DEFAULT_DRAFT, DEFINITIONS, Draft, draft_of
from domain.schemas import CanonicalJson, ResourceSchema

JsonObject = dict[str, object]
_BESIDE_A_REFERENCE = DEFINITIONS | {"title", "description"}


def schema_document(schema: ResourceSchema, url: str) -> JsonObject:
    """Return a schema of objects with the properties ``config`` and ``outputs``, as far as there are schemas for them.

    Each is embedded as a resource with a URL of its own, so that its references mean what they meant. The document is
    of the draft that they share; of the default draft, with theirs declared where they stand, if they differ.

    Args:
        schema: The resource type's schemas.
        url: What the document is called; the parts add a query to it.
    """
    parts = dict(_parts(schema))
    drafts = {draft for draft, _ in parts.values()}
    shared = drafts.pop() if len(drafts) == 1 else DEFAULT_DRAFT
    described = {} if schema.description is None else {"description": schema.description}
    return {
        "$schema": shared.uri,
        **_called(url, shared),
        "title": schema.resource_type,
        **described,
        "type": "object",
        "properties": {
            name: _embedded(document, draft, f"{url}?part={name}", shared) for name, (draft, document) in parts.items()
        },
    }


def _parts(schema: ResourceSchema) -> Iterator[tuple[str, tuple[Draft, JsonObject]]]:
    for name, stored in (("config", schema.config_schema), ("outputs", schema.outputs_schema)):
        if stored is not None:
            document = _decoded(stored)
            yield name, (draft_of(document) or DEFAULT_DRAFT, document)


def _decoded(stored: CanonicalJson) -> JsonObject:
    return cast("JsonObject", stored.decode())


def _called(url: str, draft: Draft) -> JsonObject:
    """Return the keywords that name a schema; ``$id`` is among them whatever the draft calls it."""
    return {draft.identifier: url, "$id": url}


def _embedded(document: Mapping[str, object], draft: Draft, url: str, around: Draft) -> JsonObject:
    called = _called(url, draft)
    declared = {} if draft is around else {"$schema": draft.uri}
    kept = {keyword: value for keyword, value in document.items() if keyword not in {"$schema", *called}}
    if draft.lone_references and "$ref" in kept:
        # Beside a reference these drafts ignore a name as well, and without one the reference would lead elsewhere.
        kept = {keyword: value for keyword, value in kept.items() if keyword in _BESIDE_A_REFERENCE}
        kept["allOf"] = [{"$ref": document["$ref"]}]
    return {**declared, **called, **kept}
