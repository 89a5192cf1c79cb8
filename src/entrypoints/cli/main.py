"""The ``provider-registry`` command."""

import io
import os
import sys
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import RegistryError
from entrypoints.cli import database, distributions, providers, settings, tokens, versions
from entrypoints.cli.failing import exit_status, refusals, usable
from entrypoints.cli.register import register
from entrypoints.cli.verify import verify
from entrypoints.environment import SettingsError, load_settings
from entrypoints.ports import PortTakenError, UnknownHostError, address_of, require_free
from entrypoints.shared_metrics import shared_metrics

app = typer.Typer(
    help="Registers, proves and serves wheel-backed provider versions.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which wraps paragraphs as wide as the terminal
    pretty_exceptions_enable=False,  # a traceback with local values could print secrets
)
app.add_typer(database.app, name="database")
app.add_typer(distributions.app, name="distributions")
app.add_typer(providers.app, name="providers")
app.add_typer(settings.app, name="settings")
app.add_typer(tokens.app, name="tokens")
app.add_typer(versions.app, name="versions")
app.command(epilog="Example: provider-registry register . --dry-run")(register)
app.command(epilog="Example: provider-registry verify dist/gcp_provider-1.4.0-py3-none-any.whl --version 1.4.0")(verify)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(distribution_version("provider-registry"))
        raise typer.Exit


@app.callback()
def configured(
    *,
    version: Annotated[  # noqa: ARG001 -- its callback has answered by then
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Registers, proves and serves wheel-backed provider versions."""
    from entrypoints.logging import configure_logging  # noqa: PLC0415 -- keeps --help quick

    configure_logging("warning", "console")  # to standard error: what commands print is for pipes


@app.command(epilog="Example: provider-registry serve")
def serve() -> None:
    """Serve the registry over HTTP with the settings in the environment.

    On the embedded database, which is used when DATABASE_URL is not set, migrations are applied first. On any other,
    the server is not ready until `provider-registry database upgrade` has run.
    """
    settings = usable(load_settings)
    try:
        require_free(_address(settings.server.host), settings.server.port)
    except PortTakenError as error:
        typer.echo(f"{error}; stop what listens there, or set REGISTRY_HOST or REGISTRY_PORT", err=True)
        raise typer.Exit(1) from None
    with shared_metrics():
        from entrypoints.bootstrap import serving_database  # noqa: PLC0415 -- keeps --help quick
        from entrypoints.http.server import serve as serve_http  # noqa: PLC0415 -- likewise

        with serving_database(settings.database) as url:
            os.environ["DATABASE_URL"] = url  # the workers load the settings again
            serve_http(settings)


def _address(host: str) -> str:
    with refusals(as_json=False):
        try:
            return address_of(host)
        except UnknownHostError:
            raise SettingsError(["REGISTRY_HOST: leads to no address; name an address of this host"]) from None


@app.command(epilog="Example: provider-registry dev --once --port 8010")
def dev(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the example is registered.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the registry.")] = 8000,
    wheel_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the local wheel host.")] = 8443,
    data: Annotated[Path, typer.Option(help="Folder that keeps data between runs.")] = Path(".data"),
) -> None:
    """Start a local registry with a local realm and register an example provider. For development only."""
    from rich.console import Console  # noqa: PLC0415 -- keeps --help quick

    from entrypoints.development.screen import Screen  # noqa: PLC0415 -- likewise
    from entrypoints.development.session import Places, run  # noqa: PLC0415 -- likewise

    places = Places(registry_port=port, wheel_port=wheel_port, data=data)
    raise typer.Exit(run(places, once=once, screen=Screen(Console())))


def main() -> None:
    """Run the command line; a refusal ends it with its sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever a terminal's encoding lacks
    try:
        app(prog_name="provider-registry")
    except RegistryError as refusal:
        typer.echo(f"{refusal.code}: {refusal.detail}", err=True)
        sys.exit(exit_status(refusal))


if __name__ == "__main__":
    main()
