"""``provider-registry settings``: what the registry would start with."""

import asyncio
import os
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import typer

from entrypoints.cli.output import show_json, show_table
from entrypoints.environment import SettingsError, load_settings
from entrypoints.settings import Settings
from entrypoints.settings_view import settings_view
from entrypoints.unknown_settings import unknown_variables

app = typer.Typer(help="Check and show the settings in the environment.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command(epilog="Example: provider-registry settings check --online")
def check(
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the issuers, Clerk, the database, the spool and the mirror too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Exit with status 0 if the registry could start with these settings, with 1 if not; name all that is wrong.

    With --online, everything that they name is asked as well, and nothing is changed. A REGISTRY_... variable that
    nothing reads is a warning.
    """
    problems: tuple[str, ...] = ()
    warnings = tuple(unknown_variables(os.environ))
    checks: Sequence[Any] = ()
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        problems = error.problems
        output = str(error)
    else:
        output = "The settings are usable."
        checks = _checked_online(settings, quietly=as_json) if online else ()
    failed = [each for each in checks if each.problem is not None]
    if failed:
        output = f"The settings are valid, but {len(failed)} of {len(checks)} checks failed."
    if as_json:
        parted = [problem.partition(": ") for problem in problems]
        found = [{"variable": v, "problem": p} for v, _, p in parted]
        found += [{"variable": each.variable, "problem": each.problem} for each in failed]
        warned = [{"variable": variable, "problem": problem} for variable, problem in warnings]
        shown: dict[str, object] = {"usable": not found, "problems": found, "warnings": warned}
        if online:
            shown["online"] = [{"subject": each.subject, "passed": each.problem is None} for each in checks]
        output = _json(shown)
    else:
        for variable, problem in warnings:
            typer.echo(f"warning: {variable}: {problem}", err=True)
    typer.echo(output, err=bool(problems) and not as_json)
    raise typer.Exit(1 if problems or failed else 0)


def _checked_online(settings: Settings, *, quietly: bool) -> Sequence[Any]:
    """Return what asking gave; print each answer when it is there."""
    try:
        from entrypoints.bootstrap.online_checks import check_online  # noqa: PLC0415 -- the client lacks what it needs
    except ModuleNotFoundError as error:
        raise typer.BadParameter(
            f"--online needs {error.name}, which is not installed; pip install 'provider-registry[server]'"
        ) from None

    async def run() -> Sequence[Any]:
        checks = []
        async for each in check_online(settings):
            checks.append(each)
            if not quietly:
                line = (
                    f"✓ {each.subject}"
                    if each.problem is None
                    else f"✗ {each.subject}: {each.variable}: {each.problem}"
                )
                typer.echo(line, err=each.problem is not None)
        return checks

    return asyncio.run(run())


@app.command(epilog="Example: provider-registry settings show --json")
def show(*, as_json: AsJson = False) -> None:
    """Show every setting with its value and where that comes from; secrets are masked."""
    views = list(settings_view(os.environ))
    if as_json:
        show_json(views)
        return
    show_table(("variable", "value", "source"), [(each.variable, each.value or "", each.source) for each in views])


def _json(shown: object) -> str:
    return msgspec.json.encode(shown).decode()
