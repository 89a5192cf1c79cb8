"""Validating JSON Schemas against their meta-schemas."""

from collections.abc import Sequence
from typing import Protocol

from domain.json_schema.schemas import JsonSchema


class SchemaValidator(Protocol):
    """Knows what each draft of JSON Schema allows."""

    async def validate(self, schemas: Sequence[JsonSchema]) -> None:
        """Return if each schema is valid by its draft. Does no network I/O, and takes time linear in the input.

        Patterns are read too, in the dialects of ECMA-262 and Python, and never run.

        Raises:
            SchemaRefusedError: The first one that is not, with the place in it.
        """
        ...
