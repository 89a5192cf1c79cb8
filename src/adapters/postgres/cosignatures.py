"""Cosignatures of the transparency log in PostgreSQL."""

from adapters.postgres import log_statements as statements
from adapters.postgres.engine import Database


class PostgresCosignatures:
    """A row for each witness; implements ``application.ports.cosignatures.Cosignatures``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_cosignature(self, witness: str, size: int, line: bytes) -> None:
        """Replace the line of a witness. Safe to repeat."""
        row = {"witness": witness, "size": size, "line": line}
        await self._database.write(statements.KEEP_COSIGNATURE, row)
