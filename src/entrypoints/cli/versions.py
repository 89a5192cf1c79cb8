"""``provider-registry versions``: what was registered, and the steps of its life that operators take."""

from typing import Annotated

import typer

from application.use_cases.operator_queries import VersionDetails
from application.use_cases.reverify_version import ReverificationResult
from domain.lifecycle import Restoration, Yank
from domain.versions import ProviderVersion, validate_yank_reason
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.operations import (
    LATEST,
    AsJson,
    Provider,
    Version,
    VersionOrLatest,
    Who,
    operate,
    operator,
    provider_and_version,
)
from entrypoints.cli.output import show_fields, show_json, show_outcome, show_table, show_verdicts, written
from entrypoints.presenters.availability import availability_view
from entrypoints.presenters.history import event_view
from entrypoints.presenters.verifications import verification_view
from entrypoints.presenters.versions import version_view

app = typer.Typer(help="Look into versions, yank and verify them. Needs the database only.", no_args_is_help=True)


@app.command("list", epilog="Example: provider-registry versions list platform/gcp")
def list_versions(provider: Provider, *, as_json: AsJson = False) -> None:
    """List a provider's versions of any status, failed ones included, newest first."""
    with exit_on_error(as_json=as_json):
        name, _ = provider_and_version(provider, LATEST)
    versions = operate(lambda admin: admin.list_versions.execute(name), as_json=as_json)
    if as_json:
        show_json([version_view(version) for version in versions])
        return
    rows = [
        (each.version.text, each.status.value, written(each.published_at), each.registered_by, each.error_code or "")
        for each in versions
    ]
    show_table(("version", "status", "published", "registered by", "error"), rows)


@app.command(epilog="Example: provider-registry versions show platform/gcp 1.4.0")
def show(provider: Provider, version: VersionOrLatest = LATEST, *, as_json: AsJson = False) -> None:
    """Show a version of any status, failed ones and the reason included."""
    found = _inspect(provider, version, as_json=as_json).version
    if as_json:
        show_json(version_view(found))
        return
    announced, wheel = found.announcement, found.wheel
    show_fields(
        {
            "provider": found.name,
            "version": found.version.text,
            "status": found.status.value,
            "error": found.error_code and f"{found.error_code}: {found.error_message}",
            "yanked": found.yanked_at and f"{written(found.yanked_at)}: {found.yanked_reason}",
            "wheel": announced.wheel_url.text,
            "sha256": found.wheel_sha256 and found.wheel_sha256.hex,
            "bytes": wheel and wheel.size,
            "package": found.package_name,
            "requires python": wheel and wheel.requires_python,
            "entrypoint": announced.entrypoint and " ".join(announced.entrypoint),
            "resource types": None if announced.schemas is None else len(list(announced.schemas)),
            "runtime": found.runtime_version,
            "registered by": found.registered_by,
            "created": found.created_at,
            "published": found.published_at,
        }
    )


@app.command(epilog="Example: provider-registry versions history platform/gcp 1.4.0")
def history(provider: Provider, version: VersionOrLatest = LATEST, *, as_json: AsJson = False) -> None:
    """Show who did what to a version, when and why, oldest first. Failed versions have a history too."""
    events = [event_view(event) for event in _inspect(provider, version, as_json=as_json).history]
    if as_json:
        show_json(events)
        return
    rows = [(written(e.at), e.action.value, e.actor, e.reason or "", e.request_id or "") for e in events]
    show_table(("at", "action", "actor", "reason", "request"), rows)


@app.command(epilog="Example: provider-registry versions availability platform/gcp 1.4.0")
def availability(provider: Provider, version: VersionOrLatest = LATEST, *, as_json: AsJson = False) -> None:
    """Show what the scheduled checks of a public version's wheel on its host came to. Asks no host."""
    with exit_on_error(as_json=as_json):
        name, number = provider_and_version(provider, version)
    known = operate(lambda admin: admin.find_availability.execute(name, number), as_json=as_json)
    view = availability_view(known)
    if as_json:
        show_json(view)
        return
    show_fields(
        {
            "status": view.status.value,
            "since": view.since,
            "checked": view.checked_at,
            "verified": view.verified_at,
            "failure": view.failure,
            "other sha256": view.other_sha256,
        }
    )


@app.command(epilog="Example: provider-registry versions yank platform/gcp 1.4.0 --reason 'deletes buckets'")
def yank(
    provider: Provider,
    version: Version,
    *,
    reason: Annotated[str, typer.Option(help="Why; shown to everyone who reads the version.")],
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Take a version out of 'latest'; it stays for those who pinned it. Safe to repeat: the first reason stays."""
    with exit_on_error(as_json=as_json):
        name, number = provider_and_version(provider, version)
        if number is None:
            raise typer.BadParameter("say which version; what is latest may change meanwhile")
        order = Yank(registrant=operator(who), name=name, version=number, reason=validate_yank_reason(reason))
    _show_step(operate(lambda admin: admin.yank_version.execute(order), as_json=as_json), as_json=as_json)


@app.command(epilog="Example: provider-registry versions restore platform/gcp 1.4.0")
def restore(provider: Provider, version: Version, *, who: Who = None, as_json: AsJson = False) -> None:
    """Undo a yank. Safe to repeat."""
    with exit_on_error(as_json=as_json):
        name, number = provider_and_version(provider, version)
        if number is None:
            raise typer.BadParameter("say which version; a yanked one is never the latest")
        order = Restoration(registrant=operator(who), name=name, version=number)
    _show_step(operate(lambda admin: admin.restore_version.execute(order), as_json=as_json), as_json=as_json)


@app.command(epilog="Example: provider-registry versions verify platform/gcp 1.4.0")
def verify(provider: Provider, version: VersionOrLatest, *, as_json: AsJson = False) -> None:
    """Fetch a published version's wheel again and compare it with what was registered. Changes nothing.

    Exits with 1 if the host no longer serves the registered bytes, with 4 if it cannot be reached. The
    REGISTRY_WHEEL_… settings count.
    """
    with exit_on_error(as_json=as_json):
        name, number = provider_and_version(provider, version)
    found = operate(lambda admin: admin.reverify_version.execute(name, number), as_json=as_json)
    _show_reverified(found, as_json=as_json)
    raise typer.Exit(0 if found.code is None else 1)


def _inspect(provider: str, version: str, *, as_json: bool) -> VersionDetails:
    with exit_on_error(as_json=as_json):
        name, number = provider_and_version(provider, version)
    return operate(lambda admin: admin.inspect_version.execute(name, number), as_json=as_json)


def _show_step(version: ProviderVersion, *, as_json: bool) -> None:
    if as_json:
        show_json(version_view(version))
        return
    why = f": {version.yanked_reason}" if version.yanked_reason else ""
    show_outcome(f"{version.name} {version.version} is {version.status}{why}", good=True)


def _show_reverified(found: ReverificationResult, *, as_json: bool) -> None:
    version = found.version
    if as_json:
        verdict = verification_view(version, found.verification)
        show_json({"code": found.code, "status": version.status.value, "verification": verdict})
        return
    show_verdicts(found.verification)
    which, url = f"{version.name} {version.version}", version.announcement.wheel_url
    if found.code is None:
        show_outcome(f"{url} still serves {which} as it was registered.", good=True)
    else:
        show_outcome(f"The registry would not take what is at {url} for {which} today: {found.code}", good=False)
