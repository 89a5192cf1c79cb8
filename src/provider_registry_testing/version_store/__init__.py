"""The contract of a version store."""

import pytest

from provider_registry_testing.version_store.history import HistoryContract
from provider_registry_testing.version_store.listing import ListingContract
from provider_registry_testing.version_store.owners import OwnersContract
from provider_registry_testing.version_store.reads import ReadsContract
from provider_registry_testing.version_store.updates import UpdatesContract


@pytest.mark.anyio
class VersionStoreContract(ReadsContract, UpdatesContract, HistoryContract, ListingContract, OwnersContract):
    """What every adapter promises for ``VersionRepository``, ``VersionQueries`` and ``HealthCheck``.

    A subclass has a fixture ``store``, which returns an empty store.
    """
