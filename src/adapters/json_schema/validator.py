"""Holding schemas against meta-schemas."""

from collections.abc import Sequence
from functools import cache

from jsonschema_rs import ValidationError, Validator, validator_cls_for

from adapters.json_schema.patterns import is_pattern
from application.off_loop import off_loop
from domain.errors import SchemaFault
from domain.json_schemas import JsonSchema
from domain.schema_drafts import Draft
from domain.schema_references import Flaw

_MAX_PROBLEM = 300
_FORMATS = {"regex": is_pattern, "uri": lambda _: True, "uri-reference": lambda _: True}
"""The domain judges references; generators write some of them without percent-encoding."""


class MetaSchemaValidator:
    """A ``SchemaValidator`` over the meta-schemas that jsonschema-rs carries, off the event loop and off the network.

    The library is never shown a ``$schema`` or a reference to follow: it sees schemas as data, under a meta-schema that
    is chosen here.
    """

    async def validate(self, schemas: Sequence[JsonSchema]) -> None:
        """Return if all are valid, as the port says."""
        await off_loop(sum(schema.length for schema in schemas), _validate, schemas)


def _validate(schemas: Sequence[JsonSchema]) -> None:
    for schema in schemas:
        try:
            _meta_schema(schema.draft).validate(schema.document)  # stops at the first error; there may be very many
        except ValidationError as error:
            place = tuple(str(step) for step in error.instance_path)
            raise schema.refused(Flaw(SchemaFault.INVALID, place, _problem(schema.draft, error.message))) from None


@cache
def _meta_schema(draft: Draft) -> Validator:
    chosen = {"$ref": draft.uri}
    # Drafts before 2019-09 do not know $defs, but what is published under them does.
    judged = {
        "$schema": draft.uri,
        "allOf": [chosen],
        "properties": {"$defs": {"additionalProperties": chosen}},
    }
    return validator_cls_for(judged)(judged, validate_formats=True, formats=_FORMATS, offline=True)


def _problem(draft: Draft, message: str) -> str:
    shown = message if len(message) <= _MAX_PROBLEM else f"{message[:_MAX_PROBLEM]}…"
    return f"draft {draft.name} does not allow this: {shown}; mend the schema"
