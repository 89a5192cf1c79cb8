"""``provider-registry providers``: the catalog, as operators see it."""

from functools import partial
from typing import Annotated

import typer

from application.ports.provider_queries import CatalogSearch
from domain.names import ProviderName
from domain.search import Query
from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.cli.operations import AsJson, Provider, operate
from entrypoints.cli.output import show_fields, show_json, show_table
from entrypoints.environment import load_group
from entrypoints.presenters.catalog import page_view, platform_author, provider_view
from entrypoints.settings import ServerSettings

app = typer.Typer(help="Look into the catalog. Needs the database only.", no_args_is_help=True)


@app.command("list", epilog="Example: provider-registry providers list cloud --tag storage")
def list_providers(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words, or their beginnings, to find.", metavar="WORDS")
    ] = None,
    *,
    tag: Annotated[list[str] | None, typer.Option(help="A tag that each must have; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 100,
    offset: Annotated[int, typer.Option(help="Leave out so many first.", min=0, max=2**31 - 1)] = 0,
    as_json: AsJson = False,
) -> None:
    """List providers that have a published version; with words, the best first."""
    query = Query.parse(" ".join(words)) if words else None
    search = CatalogSearch(query=query, tags=frozenset(tag or ()), limit=limit, offset=offset)
    page = page_view(
        operate(lambda admin: admin.search_providers.execute(search), as_json=as_json),
        search,
        platform=platform_author(_server_settings(as_json=as_json)),
    )
    if as_json:
        show_json(page)
        return
    rows = [(each.canonical, each.latest_version or "", each.display_name, ", ".join(each.tags)) for each in page.items]
    show_table(("provider", "latest", "name", "tags"), rows)
    if page.total > len(page.items):
        typer.echo(f"{len(page.items)} of {page.total}; --offset and --limit show the others.", err=True)


@app.command(epilog="Example: provider-registry providers show platform/gcp")
def show(provider: Provider, *, as_json: AsJson = False) -> None:
    """Show a provider: how it is shown, who it comes from, its latest version. JSON has its readme too."""
    with exit_on_error(as_json=as_json):
        name = ProviderName.parse(provider)
    entry = operate(lambda admin: admin.find_provider.execute(name), as_json=as_json)
    view = provider_view(entry, platform=platform_author(_server_settings(as_json=as_json)))
    if as_json:
        show_json(view)
        return
    show_fields(
        {
            "provider": view.canonical,
            "name": view.display_name,
            "description": view.description,
            "author": view.author.display_name,
            "organization": view.author.organization_id,
            "latest": view.latest_version or "none: every version is yanked",
            "tags": ", ".join(view.tags) or None,
            "icon": view.icon_url,
            "created": entry.provider.created_at,
            "updated": entry.provider.updated_at,
            "released": entry.released_at,
        }
    )


def _server_settings(*, as_json: bool) -> ServerSettings:
    return load_or_exit(partial(load_group, ServerSettings), as_json=as_json)
