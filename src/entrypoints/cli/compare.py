"""``provider-registry compare``: what a release would break, before it is one."""

import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.output import show_json
from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.cli.report_output import show_report
from entrypoints.client.comparing import compare_with_published
from entrypoints.client.errors import ClientError
from entrypoints.environment import load_group
from entrypoints.presenters.compatibility import report_view
from entrypoints.settings import ClientSettings, TrustSettings

app = typer.Typer()


@app.command(epilog="Example: provider-registry compare . 1.3.0")
def compare(
    source: Annotated[
        Path, typer.Argument(help="Folder of the provider's pyproject.toml, or its file of schemas.", metavar="SOURCE")
    ],
    version: Annotated[str, typer.Argument(help="A published version.", metavar="VERSION")] = "latest",
    *,
    provider: Annotated[str | None, typer.Option(help="The provider, for a file of schemas.")] = None,
    registry_url: Annotated[str | None, typer.Option(help="The registry, instead of REGISTRY_URL.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Compare a provider's schemas with those of a published version.

    The latest version is the default. Needs no token. Exits with 0 if nothing breaks, 1 if something does or the
    registry has no such version, 2 if something here is wrong, 4 if the registry cannot be reached.
    """
    screen = ReleaseOutput(as_json=as_json)
    with exit_on_error(as_json=as_json):
        load_group(TrustSettings, os.environ)
        given = {"REGISTRY_URL": registry_url} if registry_url else {}
        settings = load_group(ClientSettings, {**os.environ, **given})
        try:
            since, report = compare_with_published(source, provider, version, settings, screen.note)
        except ClientError as error:
            screen.failed(error)
            raise typer.Exit(error.exit_status) from None
    view = msgspec.json.decode(msgspec.json.encode(report_view(report)))
    if as_json:
        show_json({"from_version": since, "report": view})
    else:
        show_report(view, since=since)
    raise typer.Exit(1 if view["breaking"] else 0)
