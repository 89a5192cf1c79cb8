"""The shipped contract of what stores the transparency log, kept by every adapter."""

import pytest

from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from provider_registry_testing.cosignatures import CosignaturesContract
from provider_registry_testing.logs import LogStore
from provider_registry_testing.transparency_log import TransparencyLogContract
from provider_registry_testing.writes import VersionStore
from tests.support.transparency_log import PostgresLog


class TestInMemoryLog(TransparencyLogContract, CosignaturesContract):
    @pytest.fixture
    def store(self) -> InMemoryVersionRepository:
        return InMemoryVersionRepository()

    @pytest.fixture
    def log(self, store: InMemoryVersionRepository) -> LogStore:
        return InMemoryLog(store)


class TestPostgresLog(TransparencyLogContract, CosignaturesContract):
    @pytest.fixture
    def store(self, database: Database) -> VersionStore:
        return PostgresVersionRepository(database)

    @pytest.fixture
    def log(self, database: Database) -> LogStore:
        return PostgresLog(database)
