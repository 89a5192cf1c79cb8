"""``provider-registry serve``."""

import os
import subprocess

import typer

from entrypoints.cli.errors import load_or_exit
from entrypoints.cli.listening import require_listenable
from entrypoints.embedded_database import embedded_unless_configured, upgrade_in_a_process
from entrypoints.environment import load_settings
from entrypoints.http.server import serve as serve_http
from entrypoints.metrics_directory import shared_metrics

app = typer.Typer()


@app.command(epilog="Example: provider-registry serve")
def serve() -> None:
    """Serve the registry over HTTP with the settings in the environment.

    On the embedded database, which is used when DATABASE_URL is not set, migrations are applied first. On any other,
    the server is not ready until `provider-registry database upgrade` has run.
    """
    settings = load_or_exit(load_settings)
    require_listenable(settings.server.host, settings.server.port, variable="REGISTRY_PORT")
    with shared_metrics(), embedded_unless_configured(settings.database, _upgrade) as url:
        os.environ["DATABASE_URL"] = url  # the workers load the settings again
        serve_http(settings)


def _upgrade(url: str) -> None:
    try:
        upgrade_in_a_process(url)
    except subprocess.CalledProcessError as error:
        raise typer.Exit(error.returncode) from None
