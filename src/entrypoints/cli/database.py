"""``provider-registry database``: the database schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from entrypoints.bootstrap.database_schema import DatabaseSchema, open_database_schema
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.operations import AsJson, database_settings, require_database
from entrypoints.cli.output import show_json

app = typer.Typer(help="Upgrade and inspect the database schema.", no_args_is_help=True)
BASE = "base"


@contextmanager
def _schema(*, as_json: bool, may_create: bool = False) -> Iterator[DatabaseSchema]:
    """Open the database schema. Without a database, create an embedded one or exit."""
    settings = database_settings(as_json=as_json)
    with exit_on_error(as_json=as_json):
        if not may_create:
            require_database(settings)
        with open_database_schema(settings) as schema:
            yield schema


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
    with _schema(as_json=as_json, may_create=True) as schema:
        schema.upgrade()
        if grant_to is not None:
            try:
                schema.grant(grant_to)
            except LookupError as error:
                raise typer.BadParameter(str(error)) from None
        _show_revision(schema, "The database is at {}.", as_json=as_json)


@app.command(epilog="Example: provider-registry database downgrade 0003")
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to, or 'base'.", metavar="REVISION")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take migrations back. What the newer schema stores beyond the older one is lost."""
    with _schema(as_json=as_json) as schema:
        try:
            schema.downgrade(revision)
        except LookupError as error:
            raise typer.BadParameter(f"{error}; the database is at {schema.current() or BASE}") from None
        _show_revision(schema, "The database is at {}.", as_json=as_json)


@app.command(epilog="Example: provider-registry database current")
def current(*, as_json: AsJson = False) -> None:
    """Print the revision that the database is at."""
    with _schema(as_json=as_json) as schema:
        _show_revision(schema, "{}", as_json=as_json)


@app.command(epilog="Example: provider-registry database check")
def check(*, as_json: AsJson = False) -> None:
    """Exit with status 0 if the database has the schema that this release needs, with 1 if not."""
    with _schema(as_json=as_json) as schema:
        is_compatible = schema.is_compatible()
        if as_json:
            show_json({"revision": schema.current() or BASE, "suffices": is_compatible})
        elif is_compatible:
            typer.echo("The database has the schema that this release needs.")
        else:
            typer.echo("The database is behind this release; run provider-registry database upgrade.", err=True)
    raise typer.Exit(0 if is_compatible else 1)


def _show_revision(schema: DatabaseSchema, sentence: str, *, as_json: bool) -> None:
    revision = schema.current() or BASE
    if as_json:
        show_json({"revision": revision})
    else:
        typer.echo(sentence.format(revision))
