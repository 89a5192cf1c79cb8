"""``provider-registry check``: whether a release would be refused, or an upgrade breaks resources in files."""

import os
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from domain.names import PLATFORM
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.output import show_json
from entrypoints.cli.project_check import show_project
from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.cli.upgrade_output import show_upgrade
from entrypoints.client.errors import ClientError, UnusableError
from entrypoints.client.resource_files import read_resources
from entrypoints.client.upgrade_check import CheckedFiles, check_upgrades
from entrypoints.environment import load_group
from entrypoints.settings import ClientSettings, TrustSettings, WheelSettings

app = typer.Typer()


@app.command(epilog="Example: provider-registry check resources/*.yaml --from gcp=1.3.0 --to gcp=2.0.0")
def check(
    targets: Annotated[
        list[Path],
        typer.Argument(help="A project's folder, or YAML or JSON files of resources.", metavar="PROJECT_DIR|FILE..."),
    ],
    *,
    dist: Annotated[
        Path | None, typer.Option(help="Of a project: the folder of its wheels, instead of its own dist.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="Of a project: its version, instead of what it says.")] = None,
    before: Annotated[
        list[str] | None, typer.Option("--from", help="Of files: the version in use, as VERSION or PROVIDER=VERSION.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--to", help="Of files: the version to upgrade to; the latest by default.")
    ] = None,
    registry_url: Annotated[str | None, typer.Option(help="Of files: the registry, instead of REGISTRY_URL.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Check a project before its release, offline, or resources in files before an upgrade.

    Of a project it looks at pyproject.toml, unknown keys, schemas, and the wheels in dist. Of files it asks the
    registry whether their resources survive an upgrade of their providers; no value of a config is logged or kept.

    Needs no token. Exits with 0 if nothing is wrong, 1 if something would be refused or would break, 2 if the project,
    a file or an option cannot be used, 4 if the registry cannot be reached.
    """
    screen = ReleaseOutput(as_json=as_json)
    projects = [path for path in targets if path.is_dir() or path.name == "pyproject.toml"]
    with exit_on_error(as_json=as_json):
        load_group(TrustSettings, os.environ)
        try:
            _require_one_kind(projects, targets, of_projects=(dist, version), of_files=(before, target, registry_url))
            if projects:
                wrong = _check_project(projects[0], dist, version, as_json=as_json)
            else:
                wrong = _check_files(targets, before, target, registry_url, screen, as_json=as_json)
        except ClientError as error:
            screen.failed(error)
            raise typer.Exit(error.exit_status) from None
    raise typer.Exit(1 if wrong else 0)


def _require_one_kind(
    projects: list[Path], targets: list[Path], *, of_projects: tuple[object, ...], of_files: tuple[object, ...]
) -> None:
    if projects and len(targets) > 1:
        raise UnusableError("check one project, or files of resources, not both")
    if any(option is not None for option in (of_files if projects else of_projects)):
        misplaced = "--from, --to and --registry-url are" if projects else "--dist and --version are"
        raise UnusableError(f"{misplaced} for {'files of resources' if projects else 'a project'}")


def _check_project(path: Path, dist: Path | None, version: str | None, *, as_json: bool) -> bool:
    from entrypoints.client.project_check import check_project  # noqa: PLC0415 -- files of resources need none of it

    folder = path if path.is_dir() else path.parent
    settings = load_group(WheelSettings, os.environ)
    checked = check_project(folder, dist=folder / "dist" if dist is None else dist, version=version, settings=settings)
    show_project(checked, as_json=as_json)
    return not checked.passed


def _check_files(
    files: list[Path],
    before: list[str] | None,
    target: list[str] | None,
    registry_url: str | None,
    screen: ReleaseOutput,
    *,
    as_json: bool,
) -> bool:
    given = {"REGISTRY_URL": registry_url} if registry_url else {}
    settings = load_group(ClientSettings, {**os.environ, **given})
    resources = read_resources(files)
    answers = check_upgrades(resources, _versions(before), _versions(target), settings, screen.note)
    breaks = any(answer.view.breaks for answer in answers)
    if as_json:
        show_json({"breaks": breaks, "providers": [_with_files(answer) for answer in answers]})
    else:
        for answer in answers:
            show_upgrade(answer)
    return breaks


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
