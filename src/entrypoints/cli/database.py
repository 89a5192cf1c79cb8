"""``provider-registry database``: the layout of the database."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.failing import usable
from entrypoints.environment import load_group
from entrypoints.settings import DatabaseSettings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from entrypoints.bootstrap import DatabaseLayout

app = typer.Typer(help="Upgrade and inspect the layout of the database.", no_args_is_help=True)


def _layout() -> "AbstractContextManager[DatabaseLayout]":
    from entrypoints.bootstrap import open_layout  # noqa: PLC0415 -- keeps --help quick

    settings = usable(partial(load_group, DatabaseSettings))
    if settings.url is None:
        typer.echo(f"DATABASE_URL is not set: this is the embedded database in {settings.data_dir}.", err=True)
    return open_layout(settings)


@app.command()
def upgrade() -> None:
    """Apply all migrations. Safe to repeat, and to run on several hosts at once."""
    with _layout() as layout:
        layout.upgrade()
        typer.echo(f"The database is at {layout.current()}.")


@app.command()
def downgrade(revision: Annotated[str, typer.Argument(help="The revision to go back to, or 'base'.")]) -> None:
    """Take migrations back. What the newer layout stored beyond the older one is lost."""
    with _layout() as layout:
        layout.downgrade(revision)
        typer.echo(f"The database is at {layout.current() or 'base'}.")


@app.command()
def current() -> None:
    """Print the revision that the database is at."""
    with _layout() as layout:
        typer.echo(layout.current() or "base")


@app.command()
def check() -> None:
    """Exit with status 0 if the database has the layout that this release needs, with 1 if not."""
    with _layout() as layout:
        if layout.is_at_head():
            typer.echo("The database has the layout that this release needs.")
            return
        typer.echo("The database is behind this release; run provider-registry database upgrade.", err=True)
    raise typer.Exit(1)
