"""Judging the JSON Schemas of an announcement."""

from application.offload import run_in_thread_if_large
from application.ports.schema_validator import SchemaValidator
from domain.announcements import Announcement
from domain.json_schema.schemas import json_schemas
from domain.verification import VerificationLog


class CheckSchemas:
    """Checks that every schema of a version is complete in itself and valid by its own draft."""

    def __init__(self, validator: SchemaValidator) -> None:
        """Take the port."""
        self._validator = validator

    async def execute(self, announcement: Announcement, log: VerificationLog) -> None:
        """Check all schemas, taking down the verdict; without any there is none.

        Raises:
            SchemaRefusedError: The first flaw found.
        """
        length = announcement.schema_length
        if not length:
            return
        with log.check("schemas") as check:
            schemas = await run_in_thread_if_large(length, json_schemas, announcement)
            await self._validator.validate(schemas)
            drafts = sorted({schema.draft.name for schema in schemas})
            check.detail = f"{len(schemas)} schemas of draft {', '.join(drafts)}: valid and complete in themselves"
