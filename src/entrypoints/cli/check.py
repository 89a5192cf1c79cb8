"""``provider-registry check``: whether an upgrade breaks resources in files."""

import os
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.text import Text

from domain.names import PLATFORM
from domain.upgrades.answers import ConfigVerdict, OutputState
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.output import show, show_json
from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.client.errors import ClientError
from entrypoints.client.resource_files import read_resources
from entrypoints.client.upgrade_check import CheckedFiles, check_upgrades
from entrypoints.environment import load_group
from entrypoints.presenters.upgrades import CheckedResourceView, OutputUseView
from entrypoints.settings import ClientSettings, TrustSettings

app = typer.Typer()
_STATES = {
    OutputState.GONE: "is gone",
    OutputState.TYPE_CHANGED: "has another type",
    OutputState.MAY_BE_MISSING: "may be missing now",
    OutputState.MAY_BE_NULL: "may be null now",
}


@app.command(epilog="Example: provider-registry check resources/*.yaml --from gcp=1.3.0 --to gcp=2.0.0")
def check(
    files: Annotated[list[Path], typer.Argument(help="YAML or JSON files of resources.", metavar="FILE...")],
    *,
    before: Annotated[
        list[str] | None, typer.Option("--from", help="The version in use, as VERSION or PROVIDER=VERSION.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--to", help="The version to upgrade to, likewise; the latest by default.")
    ] = None,
    registry_url: Annotated[str | None, typer.Option(help="The registry, instead of REGISTRY_URL.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Check whether the resources in files survive an upgrade of their providers.

    Needs no token. Exits with 0 if nothing breaks, 1 if something does or the registry refuses, 2 if something here is
    wrong, 4 if the registry cannot be reached. The registry neither logs nor keeps values of configs.
    """
    screen = ReleaseOutput(as_json=as_json)
    with exit_on_error(as_json=as_json):
        load_group(TrustSettings, os.environ)
        given = {"REGISTRY_URL": registry_url} if registry_url else {}
        settings = load_group(ClientSettings, {**os.environ, **given})
        try:
            resources = read_resources(files)
            answers = check_upgrades(resources, _versions(before), _versions(target), settings, screen.note)
        except ClientError as error:
            screen.failed(error)
            raise typer.Exit(error.exit_status) from None
    breaks = any(answer.view.breaks for answer in answers)
    if as_json:
        show_json({"breaks": breaks, "providers": [_with_files(answer) for answer in answers]})
    else:
        for answer in answers:
            _show(answer)
    raise typer.Exit(1 if breaks else 0)


def _versions(written: list[str] | None) -> dict[str, str]:
    """Return versions by canonical name, and under "" the one without a name."""
    found = {}
    for text in written or ():
        name, _, version = text.rpartition("=")
        found[name if "/" in name or not name else f"{PLATFORM}/{name}"] = version
    return found


def _with_files(answer: CheckedFiles) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(answer.view)
    named = zip(answer.files, shown["resources"], strict=True)
    return {**shown, "resources": [{"file": str(file), **resource} for file, resource in named]}


def _show(answer: CheckedFiles) -> None:
    view = answer.view
    for file, resource in zip(answer.files, view.resources, strict=True):
        names = (f"{file}:", view.canonical, resource.resource, resource.name)
        show(_line(" ".join(_printable(name) for name in names if name), resource))
    if view.breaks:
        broken = sum(resource.breaks for resource in view.resources)
        safe = view.newest_safe or "none of those that were tried"
        text = f"{view.canonical} {view.to_version} breaks {broken} of {len(view.resources)}"
        show(Text(_printable(f"{text}; the newest safe version: {safe}")), err=True)


def _line(named: str, resource: CheckedResourceView) -> Text:
    if resource.breaks:
        problems = [_at(error.path, error.message) for error in resource.errors]
        problems += [_output(output) for output in resource.outputs if output.breaks]
        return Text("✗ ", "red") + Text(f"{named}: {'; '.join(problems)}")
    if resource.verdict is ConfigVerdict.UNKNOWN:
        return Text("? ", "yellow") + Text(f"{named}: unknown; there is no schema, or it could not be decided")
    if resource.verdict is ConfigVerdict.INVALID:
        return Text("! ", "yellow") + Text(f"{named}: invalid, as it was before")
    notes = [_at(note.path, note.message) for note in resource.notes]
    return Text("! ", "yellow") + Text(f"{named}: {'; '.join(notes)}") if notes else Text("✓ ", "green") + Text(named)


def _output(output: OutputUseView) -> str:
    state = _STATES.get(output.state, "does not fit the field that it feeds")
    return _at(output.path or "", f"output {f'{output.resource}.{output.field}'.rstrip('.')} {state}")


def _at(path: str, message: str) -> str:
    return _printable(f"{path}: {message}" if path else message)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
