"""What a transaction reads and writes around one version."""

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres import queries
from adapters.postgres.rows import read_number, read_provider, read_version, write_event, write_provider, write_version
from application.ports.version_store import Change, Stored
from domain.names import ProviderName
from domain.semver import SemVer

NOTHING = Stored(provider=None, version=None, newest=None)


def key(name: ProviderName, version: SemVer | None = None) -> dict[str, str]:
    """Return the parameters that name a provider, or one of its versions."""
    parameters = {"of_prefix": name.prefix, "of_name": name.name}
    return parameters if version is None else {**parameters, "of_version": version.text}


async def lock(connection: AsyncConnection, name: ProviderName) -> None:
    """Wait until no other transaction writes under that name. Without a provider row there is nothing to wait for."""
    await connection.execute(queries.LOCK, key(name))


async def load(connection: AsyncConnection, name: ProviderName, version: SemVer) -> Stored:
    """Return what is stored around a version."""
    row = (await connection.execute(queries.LOOK, key(name, version))).mappings().one_or_none()
    if row is None:
        return NOTHING
    found, newest = queries.part(row, "version"), queries.part(row, "newest")
    return Stored(
        provider=read_provider(name, queries.part(row, "provider")),
        version=None if found["version"] is None else read_version(name, found),
        newest=None if newest["version"] is None else read_number(newest),
    )


async def write(connection: AsyncConnection, name: ProviderName, stored: Stored, change: Change) -> None:
    """Write a change over the state that it was decided on."""
    provider = change.provider(name, stored.provider)
    if stored.provider is None:
        await connection.execute(queries.ADD_PROVIDER, write_provider(provider))
    elif provider != stored.provider:
        await connection.execute(queries.REPLACE_PROVIDER, write_provider(provider) | key(name))
    if change.version is None:
        return
    row = write_version(change.version)
    if stored.version is None:
        await connection.execute(queries.ADD_VERSION, row)
    else:
        await connection.execute(queries.REPLACE_VERSION, row | key(name, stored.version.version))
    if change.event is not None:
        event = write_event(change.event)
        await connection.execute(queries.ADD_EVENT, event | key(name, change.version.version))
