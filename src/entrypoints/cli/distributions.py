"""``provider-registry distributions``: which namespace may publish wheels of which distribution."""

from typing import Annotated

import typer

from application.use_cases.transfer_distribution import Transfer
from domain.distributions import distribution_name
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.operations import AsJson, Who, operate, operator
from entrypoints.cli.output import show_fields, show_json, show_outcome, show_table, written
from entrypoints.index_paths import index_path

app = typer.Typer(
    help="Look into who owns distributions, and hand them over. Needs the database only.", no_args_is_help=True
)

_Name = Annotated[str, typer.Argument(help="The distribution, in any spelling.", metavar="NAME")]


@app.command("list", epilog="Example: provider-registry distributions list --namespace acme")
def list_distributions(
    *,
    namespace: Annotated[
        str | None, typer.Option(help="Only those of this namespace, 'platform' or an organisation's slug.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 100,
    offset: Annotated[int, typer.Option(help="Leave out so many first.", min=0, max=2**31 - 1)] = 0,
    as_json: AsJson = False,
) -> None:
    """List distributions and the namespaces that they belong to, by name."""
    found = operate(
        lambda admin: admin.list_distribution_owners.execute(prefix=namespace, limit=limit, offset=offset),
        as_json=as_json,
    )
    if as_json:
        show_json(found)
        return
    show_table(
        ("distribution", "namespace", "organization"),
        [(each.name, each.prefix, each.organization_id or "") for each in found],
    )
    if len(found) == limit:
        typer.echo(f"{limit} shown; --offset and --limit show the others.", err=True)


@app.command(epilog="Example: provider-registry distributions show acme-tools")
def show(name: _Name, *, as_json: AsJson = False) -> None:
    """Show which namespace a distribution belongs to, and how it came to be so."""
    with exit_on_error(as_json=as_json):
        normalised = distribution_name(name)
    found = operate(lambda admin: admin.inspect_distribution.execute(normalised), as_json=as_json)
    if as_json:
        show_json({"distribution": found.distribution, "history": found.history})
        return
    owner = found.distribution
    show_fields(
        {
            "distribution": owner.name,
            "namespace": owner.prefix,
            "organization": owner.organization_id,
            "index": index_path(owner.prefix),
        }
    )
    typer.echo("")
    rows = [
        (written(e.at), e.action.value, e.owner.prefix, e.owner.organization_id or "", e.actor, e.reason or "")
        for e in found.history
    ]
    show_table(("at", "action", "to", "organization", "actor", "reason"), rows)


@app.command(epilog="Example: provider-registry distributions transfer acme-tools --to globex")
def transfer(
    name: _Name,
    *,
    to: Annotated[str, typer.Option(help="The new namespace, 'platform' or an organisation's slug.")],
    organization: Annotated[
        str | None,
        typer.Option(
            help="Id of the only organisation that may publish it there; the first that does, if left out.",
            metavar="ORG_ID",
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; kept in the history.")] = None,
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Hand a distribution over to a namespace, or reserve one that was never published. Safe to repeat.

    Only the new namespace can publish it from then on; the platform always can. What was published stays on the index
    where it is.
    """
    with exit_on_error(as_json=as_json):
        order = Transfer(
            operator=operator(who),
            name=distribution_name(name),
            prefix=to,
            organization_id=organization,
            reason=reason,
        )
    done = operate(lambda admin: admin.transfer_distribution.execute(order), as_json=as_json)
    if as_json:
        show_json({"distribution": done.distribution, "before": done.before})
        return
    before = "it was never published" if done.before is None else f"it belonged to {done.before.prefix}"
    show_outcome(f"{done.distribution.name} belongs to {done.distribution.prefix}; {before}", good=True)
