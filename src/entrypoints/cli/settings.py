"""``provider-registry settings``: what the registry would start with."""

import os
from typing import Annotated

import typer

app = typer.Typer(help="Check and show the settings in the environment.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Exit with status 0 if the registry could start with these settings, with 1 if not; name all that is wrong."""
    from entrypoints.environment import SettingsError, load_settings  # noqa: PLC0415 -- keeps --help quick

    problems: tuple[str, ...] = ()
    try:
        load_settings(os.environ)
    except SettingsError as error:
        problems = error.problems
        told = str(error)
    else:
        told = "The settings are usable."
    if as_json:
        parted = [problem.partition(": ") for problem in problems]
        told = _json({"usable": not problems, "problems": [{"variable": v, "problem": p} for v, _, p in parted]})
    typer.echo(told, err=bool(problems) and not as_json)
    raise typer.Exit(1 if problems else 0)


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """Show every setting with its value and where that comes from; secrets are masked."""
    from entrypoints.settings_view import settings_view  # noqa: PLC0415 -- keeps --help quick

    views = list(settings_view(os.environ))
    if as_json:
        typer.echo(_json(views))
        return
    from rich.console import Console  # noqa: PLC0415 -- for people only
    from rich.table import Table  # noqa: PLC0415 -- likewise
    from rich.text import Text  # noqa: PLC0415 -- likewise

    table = Table("variable", "value", "source", box=None, header_style="bold")
    for column in table.columns:
        column.overflow = "fold"
    for view in views:
        table.add_row(view.variable, Text(view.value or ""), view.source)
    Console().print(table)


def _json(shown: object) -> str:
    import msgspec  # noqa: PLC0415 -- for programs only

    return msgspec.json.encode(shown).decode()
