"""``provider-registry database``: the layout of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from entrypoints.bootstrap import DatabaseLayout, open_layout
from entrypoints.cli.failing import refusals
from entrypoints.cli.operating import AsJson, database_settings, require_database
from entrypoints.cli.showing import show_json

app = typer.Typer(help="Upgrade and inspect the layout of the database.", no_args_is_help=True)
BASE = "base"


@contextmanager
def _layout(*, as_json: bool, may_make: bool = False) -> Iterator[DatabaseLayout]:
    """Open the layout of the database; where there is none, make an embedded one or end."""
    settings = database_settings(as_json=as_json)
    with refusals(as_json=as_json):
        if not may_make:
            require_database(settings)
        with open_layout(settings) as layout:
            yield layout


@app.command(epilog="Example: provider-registry database upgrade --grant-to registry_app")
def upgrade(
    *,
    grant_to: Annotated[
        str | None,
        typer.Option(help="Leave this role with what `serve` needs, and no more.", metavar="ROLE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apply all migrations. Safe to repeat, and to run on several hosts at once."""
    with _layout(as_json=as_json, may_make=True) as layout:
        layout.upgrade()
        if grant_to is not None:
            try:
                layout.grant(grant_to)
            except LookupError as error:
                raise typer.BadParameter(str(error)) from None
        _show_revision(layout, "The database is at {}.", as_json=as_json)


@app.command(epilog="Example: provider-registry database downgrade 0003")
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to, or 'base'.", metavar="REVISION")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take migrations back. What the newer layout stored beyond the older one is lost."""
    with _layout(as_json=as_json) as layout:
        try:
            layout.downgrade(revision)
        except LookupError as error:
            raise typer.BadParameter(f"{error}; the database is at {layout.current() or BASE}") from None
        _show_revision(layout, "The database is at {}.", as_json=as_json)


@app.command(epilog="Example: provider-registry database current")
def current(*, as_json: AsJson = False) -> None:
    """Print the revision that the database is at."""
    with _layout(as_json=as_json) as layout:
        _show_revision(layout, "{}", as_json=as_json)


@app.command(epilog="Example: provider-registry database check")
def check(*, as_json: AsJson = False) -> None:
    """Exit with status 0 if the database has the layout that this release needs, with 1 if not."""
    with _layout(as_json=as_json) as layout:
        suffices = layout.suffices()
        if as_json:
            show_json({"revision": layout.current() or BASE, "suffices": suffices})
        elif suffices:
            typer.echo("The database has the layout that this release needs.")
        else:
            typer.echo("The database is behind this release; run provider-registry database upgrade.", err=True)
    raise typer.Exit(0 if suffices else 1)


def _show_revision(layout: DatabaseLayout, sentence: str, *, as_json: bool) -> None:
    revision = layout.current() or BASE
    if as_json:
        show_json({"revision": revision})
    else:
        typer.echo(sentence.format(revision))
