"""Asking what the settings name: the issuers, Clerk's Backend API, the database, the spool and the mirror."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from adapters.clerk.instance_check import ClerkInstanceCheck
from adapters.clerk.realms import ClerkCustomerRealm, ClerkRealm
from adapters.system_clock import SystemClock
from domain.errors import RegistryError
from domain.mirror import MirrorPart
from domain.wheel.file import Sha256Digest
from entrypoints.bootstrap.database_schema import DatabaseSchema
from entrypoints.bootstrap.mirror import open_mirror
from entrypoints.bootstrap.realms import console_realm, customer_realm
from entrypoints.settings import DatabaseSettings, MirrorSettings, Settings, WheelSettings


@dataclass(frozen=True, slots=True)
class OnlineCheck:
    """What was asked, and how it ended.

    Attributes:
        variable: The setting to look at if it failed.
        problem: None if all is well.
    """

    subject: str
    variable: str
    problem: str | None = None


async def check_online(settings: Settings) -> AsyncIterator[OnlineCheck]:
    """Ask everything that the registry will depend on; change nothing."""
    async for check in _realm(console_realm(settings.console), "the Console realm", "REGISTRY_CONSOLE_"):
        yield check
    if settings.customer is not None:
        async for check in _realm(customer_realm(settings.customer), "the customer realm", "REGISTRY_CUSTOMER_"):
            yield check
    yield _database(settings.database)
    yield _spool(settings.wheel)
    if settings.mirror.mode != "off" and settings.mirror.url is not None:
        yield await _mirror(settings.mirror, settings.mirror.url)


async def _realm(realm: ClerkRealm | ClerkCustomerRealm, name: str, prefix: str) -> AsyncIterator[OnlineCheck]:
    async with ClerkInstanceCheck(realm, SystemClock()) as clerk:
        yield OnlineCheck(
            f"keys of {name}",
            f"{prefix}CLERK_ISSUER",
            await _problem(
                clerk.count_keys, f"no key set can be read from {realm.jwks_url}; compare the URL with `iss`"
            ),
        )
        try_secret = clerk.try_machine_secret if isinstance(realm, ClerkRealm) else clerk.try_instance_key
        yield OnlineCheck(
            f"secret of {name}",
            f"{prefix}CLERK_SECRET_KEY",
            await _problem(
                try_secret, f"{realm.api_url} does not take it, or cannot be reached; the log line above says which"
            ),
        )


async def _problem(ask: Callable[[], Awaitable[int | None]], sentence: str) -> str | None:
    try:
        return sentence if await ask() == 0 else None
    except RegistryError:
        return sentence


def _database(settings: DatabaseSettings) -> OnlineCheck:
    check = OnlineCheck("database", "DATABASE_URL")
    if settings.url is None:
        return check  # `serve` starts the embedded one
    try:
        is_compatible = DatabaseSchema(settings.url.reveal()).is_compatible()
    except RegistryError as error:
        return OnlineCheck(check.subject, check.variable, error.detail)
    behind = None if is_compatible else "its schema is behind this release; run provider-registry database upgrade"
    return OnlineCheck(check.subject, check.variable, behind)


def _spool(settings: WheelSettings) -> OnlineCheck:
    problem = None
    try:
        with tempfile.TemporaryFile(dir=settings.spool_dir):
            pass
    except OSError as error:
        problem = f"this user cannot write there: {error.strerror}"
    return OnlineCheck("spool", "REGISTRY_WHEEL_SPOOL_DIR", problem)


async def _mirror(settings: MirrorSettings, url: str) -> OnlineCheck:
    problem = None
    try:
        await open_mirror(settings, url).find(Sha256Digest("0" * 64), MirrorPart.WHEEL)
    except RegistryError as error:
        problem = error.detail
    return OnlineCheck("mirror", "REGISTRY_MIRROR_URL", problem)
