"""Where a command listens, checked before it starts anything."""

import typer

from entrypoints.cli.errors import exit_on_error
from entrypoints.environment import SettingsError
from entrypoints.listen import PortTakenError, UnknownHostError, address_of, require_free


def require_listenable(host: str, port: int, *, variable: str) -> None:
    """Return if the command can listen there, or exit with what to do.

    Args:
        host: The value of ``REGISTRY_HOST``.
        port: The port.
        variable: The setting that named it.
    """
    try:
        require_free(_address(host), port)
    except PortTakenError as error:
        typer.echo(f"{error}; stop what listens there, or set REGISTRY_HOST or {variable}", err=True)
        raise typer.Exit(1) from None


def _address(host: str) -> str:
    with exit_on_error(as_json=False):
        try:
            return address_of(host)
        except UnknownHostError:
            raise SettingsError(["REGISTRY_HOST: leads to no address; name an address of this host"]) from None
