"""Attestations and publishers in a database."""

from collections.abc import Sequence

from sqlalchemy import select, table, update

from adapters.postgres.engine import Database
from adapters.postgres.provenance_statements import (
    ADD_PUBLISHER_EVENTS,
    LIST_ATTESTATIONS,
    PUBLISHER_HISTORY,
    PUBLISHERS,
    read_attestation,
    read_publisher_event,
    write_publisher_events,
)
from adapters.postgres.queries import ONE, key_of, where_provider
from adapters.postgres.tables import PROVIDERS
from domain.names import ProviderName
from domain.provenance.attestations import RecordedAttestation
from domain.provenance.record import PublisherEvent
from domain.semver import SemVer

_HERE = select(ONE).cte("provider")
_INSERTED = ADD_PUBLISHER_EVENTS.clause.returning(ONE).cte("publishers")  # type: ignore[union-attr]
_NEW_REVISION = (
    update(PROVIDERS).where(where_provider(PROVIDERS)).values(updated_at=PROVIDERS.c.updated_at).cte("revised")
)
DECIDE = select(ONE).select_from(table("publishers")).add_cte(_HERE, _INSERTED, _NEW_REVISION)
"""Adds a decision, and gives the provider another revision, so that writers who decided before decide again."""


class PostgresProvenance:
    """Reads attestations, and keeps decisions about publishers.

    Implements ``application.ports.attestation_queries.AttestationQueries`` and
    ``application.ports.publisher_repository.PublisherRepository``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_attestations(self, name: ProviderName, version: SemVer) -> Sequence[RecordedAttestation]:
        rows = await self._database.read(LIST_ATTESTATIONS, key_of(name, version))
        return [read_attestation(row) for row in rows]

    async def history(self, name: ProviderName) -> Sequence[PublisherEvent]:
        return [read_publisher_event(row) for row in await self._database.read(PUBLISHER_HISTORY, key_of(name))]

    async def add(self, name: ProviderName, event: PublisherEvent) -> None:
        """Add a decision, in one statement with the provider's new revision."""
        rows = {"publishers_rows": write_publisher_events([event])}
        await self._database.write(DECIDE, {**key_of(name), **rows})

    async def list_providers(self) -> Sequence[ProviderName]:
        rows = await self._database.read(PUBLISHERS, {})
        return [ProviderName(row["prefix"], row["name"]) for row in rows]
