"""The contract of a version store."""

import pytest

from provider_registry_testing.version_store.history import HistoryContract
from provider_registry_testing.version_store.owners import OwnersContract
from provider_registry_testing.version_store.reads import ReadsContract
from provider_registry_testing.version_store.updates import UpdatesContract


@pytest.mark.anyio
class VersionStoreContract(ReadsContract, UpdatesContract, HistoryContract, OwnersContract):
    """What every ``VersionStore`` promises.

    A subclass has a fixture ``store``, which returns an empty store.
    """
