"""A dry run of a release whose wheel was not uploaded: public reads, and the rules that the server applies."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from application.errors import TransientError
from application.ports.wheel_fetcher import FetchedWheel
from domain.announcements import Announcement
from domain.compatibility.gate import AcceptedBreak
from domain.errors import InvalidValueError, RegistryError
from domain.registrants import Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl
from entrypoints.client.announced import Announced, announced_values
from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.local_wheel import on_disk, wheels_of
from entrypoints.client.project import Project
from entrypoints.client.published import PublishedOverHttp
from entrypoints.client.registry_api import RegistrationResult
from entrypoints.client.retrying_client import Note, RetryingClient, new_http_client
from entrypoints.local_registration import open_local_dry_run
from entrypoints.presenters.dry_runs import DryRunView, dry_run_view
from entrypoints.schema_checks import NO_DRAFTS, open_schema_validation
from entrypoints.settings import ClientSettings

T = TypeVar("T")
_INVALID = "invalid_request"  # as the registry calls it
_ANYONE = Operator("operator:dry-run")
_LIMITS = "asked without a token; who owns the distribution's name, and attestations, were not looked at"
_KNOWN = (
    *("prefix", "name", "version", "canonical", "wheel_sha256", "wheel_filename", "wheel_size", "distribution"),
    *("package_name", "requires_python", "entrypoint", "schemas", "changelog", "compatibility"),
)
"""The members of a version that are known without registering it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRelease:
    """What would be registered.

    Attributes:
        wheel: A file, or the folder that it is in.
        changelog: The release notes themselves.
    """

    project: Project
    version: SemVer
    wheel: Path
    sha256: str | None = None
    changelog: str | None = None
    accept_breaking: str | None = None
    accept_changes: tuple[str, ...] | None = None


def dry_run_here(release: LocalRelease, settings: ClientSettings, note: Note) -> RegistrationResult:
    """Return what registering a wheel that is here would come to, as far as is public.

    Raises:
        ClientError: It would be refused, something here is wrong, or the registry does not answer.
    """
    announced = announced_values(release.project)
    if announced.problems:
        errors = [{"loc": [problem.place], "msg": problem.detail} for problem in announced.problems]
        raise RefusedError("the project breaks rules of the registry", code=_INVALID, errors=errors)
    path = _wheel(release)
    wheel, filename = on_disk(path), _taken("--wheel", lambda: WheelFilename.parse(path.name))
    note(_LIMITS)
    if announced.schemas and open_schema_validation() is None:
        note(NO_DRAFTS)
    types = {entry.resource: entry.resource_type for entry in announced.schemas or ()}
    with new_http_client(settings.ca_bundle) as http:
        published = PublishedOverHttp(RetryingClient(http, note), settings.url, types)
        try:
            view = asyncio.run(_dry_run(release, announced, wheel, filename, published))
        except TransientError:
            raise
        except RegistryError as error:
            raise RefusedError(error.detail, code=error.code) from None
    return _result(view)


async def _dry_run(
    release: LocalRelease,
    announced: Announced,
    wheel: FetchedWheel,
    filename: WheelFilename,
    published: PublishedOverHttp,
) -> DryRunView:
    name, version = release.project.name, release.version
    there = await published.find(name, version)
    url = WheelUrl.parse(f"https://wheels.example.com/{filename}")  # it is nowhere yet
    if there is not None and there.announcement.wheel_url.filename.normalised == filename.normalised:
        url = there.announcement.wheel_url
    registration = Registration(
        registrant=_ANYONE,
        name=name,
        version=version,
        announcement=_taken(
            "the release",
            lambda: Announcement(
                wheel_url=url,
                sha256=wheel.sha256 if release.sha256 is None else Sha256Digest(release.sha256),
                package_name=announced.package_name,
                entrypoint=announced.entrypoint,
                schemas=announced.schemas,
                changelog=release.changelog,
            ),
        ),
        metadata=announced.metadata,
        accept_breaking=_accepted(release),
    )
    async with open_local_dry_run(wheel, published) as dry_run:
        return dry_run_view(await dry_run.execute(registration))


def _wheel(release: LocalRelease) -> Path:
    if not release.wheel.is_dir():
        return release.wheel
    found = [path for path, _ in wheels_of(release.wheel, release.project.distribution, release.version.pep440)]
    if len(found) > 1:
        named = ", ".join(path.name for path in found)
        raise UnusableError(f"{release.wheel} has {len(found)} wheels of this release; name one with --wheel: {named}")
    return found[0]


def _accepted(release: LocalRelease) -> AcceptedBreak | None:
    if release.accept_breaking is None:
        return None
    reason, changes = release.accept_breaking, release.accept_changes
    return _taken("--accept-breaking", lambda: AcceptedBreak(reason, None if changes is None else frozenset(changes)))


def _taken(what: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except InvalidValueError as error:
        raise UnusableError(f"{what}: {error.detail}") from None


def _result(view: DryRunView) -> RegistrationResult:
    shown: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(view))
    if "version" in shown:
        shown["version"] = {member: shown["version"][member] for member in _KNOWN}
    return msgspec.convert({**shown, "dry_run": True}, RegistrationResult)
