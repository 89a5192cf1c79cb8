"""``provider-registry serve``."""

import os
import subprocess

import typer

from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.embedded_database import embedded_unless_configured, upgrade_in_a_process
from entrypoints.environment import SettingsError, load_settings
from entrypoints.http.server import serve as serve_http
from entrypoints.listen import PortTakenError, UnknownHostError, address_of, require_free
from entrypoints.metrics_directory import shared_metrics

app = typer.Typer()


@app.command(epilog="Example: provider-registry serve")
def serve() -> None:
    """Serve the registry over HTTP with the settings in the environment.

    On the embedded database, which is used when DATABASE_URL is not set, migrations are applied first. On any other,
    the server is not ready until `provider-registry database upgrade` has run.
    """
    settings = load_or_exit(load_settings)
    try:
        require_free(_address(settings.server.host), settings.server.port)
    except PortTakenError as error:
        typer.echo(f"{error}; stop what listens there, or set REGISTRY_HOST or REGISTRY_PORT", err=True)
        raise typer.Exit(1) from None
    with shared_metrics(), embedded_unless_configured(settings.database, _upgrade) as url:
        os.environ["DATABASE_URL"] = url  # the workers load the settings again
        serve_http(settings)


def _upgrade(url: str) -> None:
    try:
        upgrade_in_a_process(url)
    except subprocess.CalledProcessError as error:
        raise typer.Exit(error.returncode) from None


def _address(host: str) -> str:
    with exit_on_error(as_json=False):
        try:
            return address_of(host)
        except UnknownHostError:
            raise SettingsError(["REGISTRY_HOST: leads to no address; name an address of this host"]) from None
