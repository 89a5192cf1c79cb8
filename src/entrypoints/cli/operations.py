"""What the operators' commands share: parameters, and the use cases over the database."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, TypeVar

import typer

from domain import texts
from domain.names import ProviderName
from domain.registrants import Operator
from domain.semver import SemVer
from entrypoints.bootstrap import is_database_there, open_admin_use_cases
from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import DatabaseSettings, WheelSettings
from entrypoints.use_cases import AdminUseCases

T = TypeVar("T")
LATEST = "latest"

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Provider = Annotated[str, typer.Argument(help="The provider, as prefix/name.", metavar="PROVIDER")]
Version = Annotated[str, typer.Argument(help="The SemVer version.", metavar="VERSION")]
VersionOrLatest = Annotated[str, typer.Argument(help="The SemVer version, or 'latest'.", metavar="VERSION")]
Who = Annotated[
    str | None, typer.Option("--as", help="Who you are, for the history; your login name by default.", metavar="NAME")
]


def operate(work: Callable[[AdminUseCases], Awaitable[T]], *, as_json: bool) -> T:
    """Return the result of work on the use cases, or exit with its error."""
    database = database_settings(as_json=as_json)
    wheel = load_or_exit(partial(load_group, WheelSettings), as_json=as_json)

    async def run() -> T:
        async with open_admin_use_cases(database, wheel) as admin:
            return await work(admin)

    with exit_on_error(as_json=as_json):
        require_database(database)
        return asyncio.run(run())


def database_settings(*, as_json: bool) -> DatabaseSettings:
    """Return the database settings; print a note if that is an embedded one."""
    settings = load_or_exit(partial(load_group, DatabaseSettings), as_json=as_json)
    if settings.url is None:
        typer.echo(f"DATABASE_URL is not set: this is the embedded database in {settings.data_dir}.", err=True)
    return settings


def provider_and_version(provider: str, version: str) -> tuple[ProviderName, SemVer | None]:
    """Read a provider's name and a version, or None for ``latest``.

    Raises:
        InvalidValueError: One of them is none.
    """
    return ProviderName.parse(provider), None if version == LATEST else SemVer.parse(version)


def operator(name: str | None) -> Operator:
    """Return who acts: ``operator:<name>``, or ``operator:<login name>``.

    Raises:
        InvalidTextError: The name is blank, too long or holds control characters.
    """
    return Operator(f"operator:{texts.validate_line(_login_name() if name is None else name, max_length=100)}")


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in a container whose user has a number only
        return f"uid-{os.getuid()}"


def require_database(settings: DatabaseSettings) -> None:
    """Return if there is a database to look into.

    Raises:
        SettingsError: There is none.
    """
    if not is_database_there(settings):
        problem = (
            "REGISTRY_DATA_DIR: holds no database; name the folder that the server keeps its data in (relative to "
            "where the server was started), or set DATABASE_URL"
        )
        raise SettingsError([problem])
