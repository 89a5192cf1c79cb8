"""``provider-registry register``: what a release pipeline runs after its upload."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.numbers import finite
from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.client.errors import ClientError
from entrypoints.client.release import ReleaseOptions, release
from entrypoints.environment import load_group
from entrypoints.settings import ClientSettings, TrustSettings

app = typer.Typer()
INDEX_VARIABLES = ("REGISTRY_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")


@app.command(epilog="Example: provider-registry register . --dry-run")
def register(
    project: Annotated[Path, typer.Argument(help="Folder of the provider's pyproject.toml.", metavar="PROJECT_DIR")],
    *,
    version: Annotated[str | None, typer.Option(help="Version to register, instead of the project's.")] = None,
    wheel_url: Annotated[str | None, typer.Option(help="The wheel, instead of looking at the package index.")] = None,
    wheel: Annotated[
        Path | None,
        typer.Option(help="With --dry-run: a wheel here, or its folder, that was not uploaded. Needs no token."),
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="Digest of the wheel, instead of the index's.")] = None,
    changelog: Annotated[Path | None, typer.Option(help="File with the release notes.")] = None,
    accept_breaking: Annotated[
        str | None, typer.Option(help="Why changes that break users are meant; shown with the version for ever.")
    ] = None,
    accept_change: Annotated[
        list[str] | None, typer.Option(help="Fingerprint of a change that is meant, instead of all; may be repeated.")
    ] = None,
    no_attestations: Annotated[
        bool, typer.Option("--no-attestations", help="Send no attestations, whatever lies beside the wheel.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds until the release must be on the index.", min=0, callback=finite)
    ] = 300,
    registry_url: Annotated[str | None, typer.Option(help="The registry, instead of REGISTRY_URL.")] = None,
    index_url: Annotated[str | None, typer.Option(help="The package index, instead of REGISTRY_INDEX_URL.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Register a provider's release: find its wheel on the package index and announce it.

    Waits until the index shows the release, tries again what is safe to try again, and exits with 0 whether this run
    registered the version or an earlier one did. Exits with 1 if it is refused, 2 if something here is wrong, 3 if the
    index does not show the release in time, 4 if a service cannot be reached.

    Takes its token from REGISTRY_TOKEN, or mints one with REGISTRY_MACHINE_SECRET_KEY.
    """
    screen = ReleaseOutput(as_json=as_json)
    with exit_on_error(as_json=as_json):
        settings = _load(os.environ, registry_url, index_url)
        order = ReleaseOptions(
            project=project,
            version=version,
            wheel_url=wheel_url,
            wheel=wheel,
            sha256=sha256,
            changelog=changelog,
            accept_breaking=accept_breaking,
            accept_changes=None if accept_change is None else tuple(accept_change),
            attestations=not no_attestations,
            dry_run=dry_run,
            wait=wait,
        )
        try:
            registration = release(order, settings, screen)
        except ClientError as error:
            screen.failed(error)
            raise typer.Exit(error.exit_status) from None
    screen.done(registration, settings.url)
    raise typer.Exit(1 if registration.outcome == "conflict" else 0)


def _load(environment: Mapping[str, str], registry_url: str | None, index_url: str | None) -> ClientSettings:
    load_group(TrustSettings, environment)
    given = {"REGISTRY_URL": registry_url, "REGISTRY_INDEX_URL": index_url or _index_of(environment)}
    return load_group(ClientSettings, {**environment, **{name: text for name, text in given.items() if text}})


def _index_of(environment: Mapping[str, str]) -> str:
    """Return the index that pip and uv would use; uv's may have a name in front."""
    written = next((environment[name] for name in INDEX_VARIABLES if environment.get(name, "").strip()), "")
    name, equals, url = written.partition("=")
    return url if equals and "/" not in name else written
