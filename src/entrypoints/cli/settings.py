"""``provider-registry settings``: what the registry would start with."""

import os
from typing import Annotated

import msgspec
import typer

from entrypoints.cli.output import show_json, show_table
from entrypoints.environment import SettingsError, load_settings
from entrypoints.settings_view import settings_view

app = typer.Typer(help="Check and show the settings in the environment.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command(epilog="Example: provider-registry settings check")
def check(*, as_json: AsJson = False) -> None:
    """Exit with status 0 if the registry could start with these settings, with 1 if not; name all that is wrong."""
    problems: tuple[str, ...] = ()
    try:
        load_settings(os.environ)
    except SettingsError as error:
        problems = error.problems
        output = str(error)
    else:
        output = "The settings are usable."
    if as_json:
        parted = [problem.partition(": ") for problem in problems]
        output = _json({"usable": not problems, "problems": [{"variable": v, "problem": p} for v, _, p in parted]})
    typer.echo(output, err=bool(problems) and not as_json)
    raise typer.Exit(1 if problems else 0)


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
