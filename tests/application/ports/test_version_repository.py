"""The shipped contract of version stores, kept by every adapter."""

import pytest

from adapters.memory.version_repository import InMemoryVersionRepository
from application.errors import StoreUnavailableError
from provider_registry_testing.version_store import VersionStoreContract
from provider_registry_testing.writes import VersionStore
from tests.builders import a_name, a_version
from tests.support.stores import EVERY_METHOD, numbers, put


class TestVersionStores(VersionStoreContract):
    @pytest.fixture
    def store(self, version_store: VersionStore) -> VersionStore:
        return version_store


async def test_an_outage_acted_out_in_memory_reaches_every_method() -> None:
    store = InMemoryVersionRepository()
    await put(store, a_version("1.0.0"))
    store.unavailable = True
    for method in EVERY_METHOD.values():
        with pytest.raises(StoreUnavailableError):
            await method(store)
    store.unavailable = False
    assert numbers(await store.list_versions(a_name())) == ["1.0.0"]
