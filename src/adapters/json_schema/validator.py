"""Validating JSON Schemas against their meta-schemas."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from jsonschema_rs import Draft202012Validator, ValidationError, Validator, validator_cls_for

from application.scheduling import run_in_thread_if_large
from domain.errors import SchemaProblem
from domain.json_schema.drafts import Draft, Pointer, subschemas
from domain.json_schema.schemas import JsonSchema, SchemaViolation

_MAX_PATTERN = 8192  # reading many names takes the square of their number
# What Python and Rust write otherwise, and the escapes that must be stepped over to find it.
_PYTHON = re.compile(r"\A\(\?[aimsux]+\)|\(\?P(?=<)|\\(.)", re.DOTALL)


def is_pattern(text: str) -> bool:
    """Tell whether a text is a regular expression of ECMA-262, or nearly: schemas are made from Python models.

    Python's own flags, group names and ends of text pass too. The pattern is never compiled; one of more than 8192
    characters is none.
    """
    if len(text) > _MAX_PATTERN:
        return False
    ecma = _ecma()
    return ecma.is_valid(text) or ecma.is_valid(_PYTHON.sub(_translated, text))


@cache
def _ecma() -> Draft202012Validator:  # not at import: it takes 2 MB
    return Draft202012Validator({"format": "regex"}, validate_formats=True, offline=True)


def _translated(found: re.Match[str]) -> str:
    if found[1] is None:
        return "(?" if found[0] == "(?P" else ""
    return {"A": "^", "Z": "$", "z": "$"}.get(found[1], found[0])


_MAX_PROBLEM = 300
_MAX_EXPLAINED = 4000
_BOUNDS = {"minimum": 0, "maximum": 0}
"""What other members need beside them in draft 4."""
_FORMATS = {"regex": is_pattern, "uri": lambda _: True, "uri-reference": lambda _: True}
"""The domain validates references; generators write some of them without percent-encoding."""


class MetaSchemaValidator:
    """A ``SchemaValidator`` over the meta-schemas that jsonschema-rs carries, off the network; large ones in a thread.

    The library is never shown a ``$schema`` or a reference to follow: it sees schemas as data, under a meta-schema that
    is chosen here.
    """

    async def validate(self, schemas: Sequence[JsonSchema]) -> None:
        await run_in_thread_if_large(sum(schema.length for schema in schemas), _validate, schemas)


def _validate(schemas: Sequence[JsonSchema]) -> None:
    for schema in schemas:
        if not _meta_schema(schema.draft).is_valid(schema.document):
            raise schema.refused(_violation(schema))


def _violation(schema: JsonSchema) -> SchemaViolation:
    """Return what is wrong with a schema that is not valid.

    The library is asked about one member of one part: of a whole it tells every mistake again in each alternative
    around it, which takes seconds for a few kilobytes.
    """
    place, wrong = _wrong(schema)
    if len(str(wrong)) > _MAX_EXPLAINED:
        return SchemaViolation(
            SchemaProblem.INVALID, place, _problem(schema.draft, "a member that is too long to be shown")
        )
    error = next(_meta_schema(schema.draft).iter_errors(wrong))
    place = (*place, *(str(step) for step in error.instance_path))
    return SchemaViolation(SchemaProblem.INVALID, place, _problem(schema.draft, _said(error)))


def _said(error: ValidationError) -> str:
    """Return what a meta-schema allows in words: of alternatives, the values that are allowed, or why none fits."""
    alternatives = [each for branch in getattr(error.kind, "context", ()) for each in branch]
    listed = [each for each in alternatives if hasattr(each.kind, "options")]
    if listed:
        nearest = max(listed, key=lambda each: len(each.instance_path))
        return (
            f"{json.dumps(nearest.instance, default=str)} is none of {', '.join(map(json.dumps, nearest.kind.options))}"
        )
    return ", and ".join(dict.fromkeys(each.message for each in alternatives)) or error.message


def _wrong(schema: JsonSchema) -> tuple[Pointer, Mapping[str, object]]:
    """Return the place of a part that is not valid, though those in it are, and the member that makes it so."""
    is_valid = _meta_schema(schema.draft).is_valid
    # Other than a reader, a meta-schema looks beside lone references too.
    parts = subschemas(schema.document, replace(schema.draft, lone_references=False))
    place, part = next((place, part) for place, part in reversed(parts) if not is_valid(part))
    alone = ({**_BOUNDS, keyword: value} for keyword, value in part.items())
    return place, next((member for member in alone if not is_valid(member)), part)


@cache
def _meta_schema(draft: Draft) -> Validator:
    chosen = {"$ref": draft.uri}
    # Drafts before 2019-09 do not know $defs, but what is published under them does.
    schema_of_draft = {
        "$schema": draft.uri,
        "allOf": [chosen],
        "properties": {"$defs": {"additionalProperties": chosen}},
    }
    return validator_cls_for(schema_of_draft)(schema_of_draft, validate_formats=True, formats=_FORMATS, offline=True)


def _problem(draft: Draft, message: str) -> str:
    shown = message if len(message) <= _MAX_PROBLEM else f"{message[:_MAX_PROBLEM]}…"
    return f"draft {draft.name} does not allow this: {shown}; correct the schema"
