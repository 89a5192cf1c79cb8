"""``provider-registry publishers``: from which workflow a provider's versions may come."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from application.use_cases.publishers import ManagePublishers, PublisherState
from domain.names import ProviderName
from domain.provenance.publishers import PublisherPolicy
from domain.semver import SemVer
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.operations import AsJson, Who, operate, operator
from entrypoints.cli.output import show_fields, show_json, show_outcome, show_table, written
from entrypoints.use_cases import AdminUseCases

app = typer.Typer(
    help="Look into who publishes a provider by its attestations, and decide it. Needs the database only.",
    no_args_is_help=True,
)

_Name = Annotated[str, typer.Argument(help="The provider, as platform/gcp.", metavar="PREFIX/NAME")]
_Reason = Annotated[str, typer.Option(help="Why, in 10 characters or more; kept in the history.")]


@app.command("list", epilog="Example: provider-registry publishers list")
def list_publishers(*, as_json: AsJson = False) -> None:
    """List the providers that have a publisher, or had one."""
    found = operate(lambda admin: _publishers(admin).list(), as_json=as_json)
    if as_json:
        show_json(found)
        return
    rows = []
    for state in found:
        policy = state.record.policy
        first = state.record.first_verified
        rows.append(
            (
                state.name.canonical,
                "" if policy is None else policy.repository,
                "" if policy is None else policy.workflow,
                "" if first is None else first.text,
                str(len(state.record.exceptions)),
            )
        )
    show_table(("provider", "repository", "workflow", "attested since", "exceptions"), rows)


@app.command(epilog="Example: provider-registry publishers show platform/gcp")
def show(name: _Name, *, as_json: AsJson = False) -> None:
    """Show a provider's publisher, the exceptions, and how they came about."""
    provider = _provider(name, as_json=as_json)
    state = operate(lambda admin: _publishers(admin).show(provider), as_json=as_json)
    if as_json:
        show_json(state)
        return
    policy = state.record.policy
    if policy is not None:
        triggers = None if policy.triggers is None else ", ".join(sorted(policy.triggers))
        show_fields(
            {
                "issuer": policy.issuer,
                "repository": f"{policy.repository} (id {policy.repository_id}, owner {policy.owner_id})",
                "workflow": policy.workflow,
                "signer": policy.signer,
                "ref": policy.ref_pattern,
                "environment": policy.environment,
                "hosted runners only": "yes" if policy.hosted_runners_only else "no",
                "triggers": triggers,
            }
        )
        typer.echo("")
    rows = [
        (written(e.at), e.action.value, "" if e.version is None else e.version.text, e.actor, e.reason or "")
        for e in state.history
    ]
    show_table(("at", "action", "version", "actor", "reason"), rows)


@app.command(
    "set",
    epilog="Example: provider-registry publishers set platform/gcp --issuer https://gitlab.com "
    "--repository https://github.com/acme/gcp --repository-id 772247423 --owner-id 2314423 "
    "--workflow .github/workflows/release.yml --reason 'agreed with the team'",
)
def set_publisher(
    name: _Name,
    *,
    issuer: Annotated[str, typer.Option(help="URL of the identity provider, as certificates have it.")],
    repository: Annotated[str, typer.Option(help="URL of the repository, which is shown.")],
    repository_id: Annotated[str, typer.Option(help="The issuer's id of the repository, which is compared.")],
    workflow: Annotated[str, typer.Option(help="Path of the workflow in the repository, without a ref.")],
    reason: _Reason,
    owner_id: Annotated[str | None, typer.Option(help="The issuer's id of the owner.")] = None,
    signer: Annotated[str | None, typer.Option(help="URL of the reusable workflow that signs, without a ref.")] = None,
    ref: Annotated[str | None, typer.Option(help="Pattern of branches and tags, such as 'refs/tags/*'.")] = None,
    environment: Annotated[str | None, typer.Option(help="The deployment environment.")] = None,
    trigger: Annotated[list[str] | None, typer.Option(help="An event that may start it; may be repeated.")] = None,
    self_hosted: Annotated[bool, typer.Option("--self-hosted", help="Self-hosted runners may build.")] = False,
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Hold a provider to a publisher from now on."""
    with exit_on_error(as_json=as_json):
        policy = PublisherPolicy(
            issuer=issuer,
            repository=repository,
            repository_id=repository_id,
            workflow=workflow,
            owner_id=owner_id,
            signer=signer,
            ref_pattern=ref,
            environment=environment,
            hosted_runners_only=not self_hosted,
            triggers=frozenset(trigger) if trigger else None,
        )
    actor = operator(who).actor
    _decide(
        name,
        lambda publishers, provider: publishers.set(provider, policy, actor=actor, reason=reason),
        f"is published by {repository}, {workflow}",
        as_json=as_json,
    )


@app.command(epilog="Example: provider-registry publishers clear platform/gcp --reason 'moves to another forge'")
def clear(name: _Name, *, reason: _Reason, who: Who = None, as_json: AsJson = False) -> None:
    """Forget a provider's publisher. The next attested version pins its own."""
    actor = operator(who).actor
    _decide(
        name,
        lambda publishers, provider: publishers.clear(provider, actor=actor, reason=reason),
        "has no publisher; the next attested version pins its own",
        as_json=as_json,
    )


@app.command(
    "except", epilog="Example: provider-registry publishers except platform/gcp 1.4.9 --reason 'an old line, by hand'"
)
def make_exception(
    name: _Name,
    version: Annotated[str | None, typer.Argument(help="One version; all of them, if left out.")] = None,
    *,
    reason: _Reason,
    end: Annotated[bool, typer.Option("--end", help="End the exception.")] = False,
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Let a version, or all, be published without attestations. Another publisher's are refused all the same."""
    with exit_on_error(as_json=as_json):
        number = None if version is None else SemVer.parse(version)
    actor = operator(who).actor

    def decide(publishers: ManagePublishers, provider: ProviderName) -> Awaitable[PublisherState]:
        change = publishers.end_exception if end else publishers.make_exception
        return change(provider, number, actor=actor, reason=reason)

    which = "every version" if number is None else number.text
    outcome = f"{which} needs attestations as others do" if end else f"{which} may be published without attestations"
    _decide(name, decide, outcome, as_json=as_json)


def _decide(
    name: str,
    decide: Callable[[ManagePublishers, ProviderName], Awaitable[PublisherState]],
    outcome: str,
    *,
    as_json: bool,
) -> None:
    provider = _provider(name, as_json=as_json)

    async def run(admin: AdminUseCases) -> PublisherState:
        return await decide(_publishers(admin), provider)

    state = operate(run, as_json=as_json)
    if as_json:
        show_json(state)
        return
    show_outcome(f"{provider}: {outcome}", good=True)


def _publishers(admin: AdminUseCases) -> ManagePublishers:
    if admin.publishers is None:
        raise AssertionError("operators always have publishers")
    return admin.publishers


def _provider(name: str, *, as_json: bool) -> ProviderName:
    with exit_on_error(as_json=as_json):
        return ProviderName.parse(name)
