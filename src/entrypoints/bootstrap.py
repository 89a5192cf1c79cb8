"""The composition root: the one place that chooses adapters.

The server, the command line, tests and users' own scripts all build the registry here.
"""

import ssl
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from adapters.clerk.realm import ClerkRealm
from adapters.clerk.verifier import ClerkTokenVerifier
from adapters.https.fetcher import HttpsWheelFetcher
from adapters.https.policy import FetchPolicy
from adapters.memory.clock import ManualClock
from adapters.memory.token_verifier import InMemoryTokenVerifier
from adapters.memory.version_store import InMemoryVersionStore
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.store import PostgresVersionStore
from adapters.system.clock import SystemClock
from adapters.wheel.reader import ZipWheelReader
from application.ports.clock import Clock
from application.ports.token_verifier import TokenVerifier
from application.ports.version_store import VersionStore
from application.ports.wheel_fetcher import WheelFetcher
from application.ports.wheel_reader import WheelReader
from application.use_cases.authenticate_machine import AuthenticateMachine
from application.use_cases.check_readiness import CheckReadiness
from application.use_cases.find_version import FindVersion
from application.use_cases.list_versions import ListVersions
from application.use_cases.register_version import RegisterVersion
from domain.machines import ReleaseAllowList
from entrypoints.registry import Registry
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """One adapter for each port."""

    verifier: TokenVerifier
    fetcher: WheelFetcher
    reader: WheelReader
    store: VersionStore
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryAdapters(Adapters):
    """Adapters that keep everything in this process, for contract tests; reading archives is real all the same."""

    verifier: InMemoryTokenVerifier = field(default_factory=InMemoryTokenVerifier)
    fetcher: InMemoryWheelFetcher = field(default_factory=InMemoryWheelFetcher)
    reader: WheelReader = field(default_factory=ZipWheelReader)
    store: InMemoryVersionStore = field(default_factory=InMemoryVersionStore)
    clock: Clock = field(default_factory=ManualClock)


def build_registry(
    adapters: Adapters, *, release_machine_ids: Collection[str] = (), runtime_version: str = "unpinned"
) -> Registry:
    """Wire the use cases to adapters.

    Args:
        adapters: What the ports are plugged into.
        release_machine_ids: Console machines that may release.
        runtime_version: Pinned on every version that is registered.
    """
    return Registry(
        authenticate_machine=AuthenticateMachine(
            adapters.verifier, ReleaseAllowList(frozenset(release_machine_ids))
        ),
        register_version=RegisterVersion(
            store=adapters.store,
            fetcher=adapters.fetcher,
            reader=adapters.reader,
            clock=adapters.clock,
            runtime_version=runtime_version,
        ),
        find_version=FindVersion(adapters.store),
        list_versions=ListVersions(adapters.store),
        check_readiness=CheckReadiness(adapters.store),
    )


@asynccontextmanager
async def open_registry(settings: Settings) -> AsyncIterator[Registry]:
    """Open the production adapters that the settings describe, and wire the use cases to them."""
    async with open_adapters(settings) as adapters:
        yield build_registry(
            adapters,
            release_machine_ids=settings.console_release_machine_ids,
            runtime_version=settings.runtime_version,
        )
