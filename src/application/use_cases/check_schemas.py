"""Judging the JSON Schemas of an announcement."""

from application.off_loop import off_loop
from application.ports.schema_validator import SchemaValidator
from domain.announcements import Announcement
from domain.json_schemas import json_schemas
from domain.verification import Examination


class CheckSchemas:
    """Checks that every schema of a version is complete in itself and valid by its own draft."""

    def __init__(self, validator: SchemaValidator) -> None:
        """Take the port."""
        self._validator = validator

    async def execute(self, announcement: Announcement, examination: Examination) -> None:
        """Check all schemas, taking down the verdict; without any there is none.

        Raises:
            SchemaRefusedError: The first flaw found.
        """
        length = announcement.schema_length
        if not length:
            return
        with examination.check("schemas") as compared:
            schemas = await off_loop(length, json_schemas, announcement)
            await self._validator.validate(schemas)
            drafts = sorted({schema.draft.name for schema in schemas})
            compared.text = f"{len(schemas)} schemas of draft {', '.join(drafts)}: valid and complete in themselves"
