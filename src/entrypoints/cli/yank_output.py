"""What ``yank`` and ``restore`` share: parameters, and how the outcome is shown."""

import os
from collections.abc import Callable
from typing import Annotated, TypeAlias

import typer

from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.output import show_json, show_outcome
from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.client.errors import ClientError
from entrypoints.client.retrying_client import Note
from entrypoints.client.yanking import PublishedVersion, YankResult
from entrypoints.environment import load_group
from entrypoints.settings import ClientSettings, TrustSettings

Provider = Annotated[
    str, typer.Argument(help="The provider, as prefix/name; without a prefix the platform's.", metavar="PROVIDER")
]
Version = Annotated[str, typer.Argument(help="The SemVer version.", metavar="VERSION")]
RegistryUrl = Annotated[str | None, typer.Option(help="The registry, instead of REGISTRY_URL.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Change: TypeAlias = Callable[[PublishedVersion, ClientSettings, Note], YankResult]


def change(provider: str, version: str, step: Change, *, registry_url: str | None, as_json: bool) -> None:
    """Take a step of a version's life and show its outcome, or exit with its error."""
    screen = ReleaseOutput(as_json=as_json)
    with exit_on_error(as_json=as_json):
        load_group(TrustSettings, os.environ)
        given = {"REGISTRY_URL": registry_url} if registry_url else {}
        settings = load_group(ClientSettings, {**os.environ, **given})
        try:
            result = step(PublishedVersion.parse(provider, version), settings, screen.note)
        except ClientError as error:
            screen.failed(error)
            raise typer.Exit(error.exit_status) from None
    if as_json:
        show_json(result)
    else:
        show_outcome(_sentence(result), good=True)


def _sentence(result: YankResult) -> str:
    version = result.version
    which, is_repeat = f"{version['canonical']} {version['version']}", result.outcome == "unchanged"
    if version.get("status") != "yanked":
        return f"{which} {'was not yanked; nothing was written' if is_repeat else 'is published again'}"
    reason = str(version.get("yanked_reason")).rstrip(".")
    if is_repeat:
        return f"{which} was yanked already, and the first reason stays: {reason}"
    return f"{which} is yanked: {reason}. It left 'latest', and stays installable by its exact version"
