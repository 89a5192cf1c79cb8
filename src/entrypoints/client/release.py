"""Registers a release: from its project to the registry."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from domain.semver import SemVer
from entrypoints.client.accepted import OnWait
from entrypoints.client.attestations import attestations_beside, attestations_named
from entrypoints.client.credentials import obtain_token, require_credentials
from entrypoints.client.errors import UnusableError
from entrypoints.client.index import IndexedWheel, PackageIndex
from entrypoints.client.project import Project, read_project
from entrypoints.client.registry_api import RegistrationResult, register
from entrypoints.client.retrying_client import RetryingClient, new_http_client
from entrypoints.client.versions import registered_version
from entrypoints.client.waiting import OnPoll, wait_for_wheel
from entrypoints.client.wheel_size import is_large
from entrypoints.settings import ClientSettings

_NO_INDEX = (
    "say where the package index is with --index-url or REGISTRY_INDEX_URL (UV_DEFAULT_INDEX, UV_INDEX_URL and "
    "PIP_INDEX_URL count too), or give --wheel-url"
)


_NO_REASON = "say with --accept-breaking why the changes are meant"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOptions:
    """What to register.

    Attributes:
        version: Instead of the project's.
        wheel_url: Instead of looking at the index.
        sha256: Instead of what the index says.
        changelog: A file with the release notes.
        accept_breaking: Why changes that break users are meant.
        accept_changes: Fingerprints of those changes; None for all.
        attestations: Whether to send those of the wheel.
        wait: How many seconds the index may take to show the release.
        wheel: A wheel that was not uploaded, or its folder, for a dry run that needs no token.
    """

    project: Path
    version: str | None = None
    wheel_url: str | None = None
    sha256: str | None = None
    changelog: Path | None = None
    accept_breaking: str | None = None
    accept_changes: tuple[str, ...] | None = None
    attestations: bool = True
    dry_run: bool = False
    wait: float = 300.0
    wheel: Path | None = None


class ProgressReporter(Protocol):
    """Shows the progress of a release."""

    def note(self, text: str) -> None:
        """Show a line."""
        ...

    def waiting(self, what: str, seconds: float) -> AbstractContextManager[OnPoll]:
        """Show a wait while the context is open; it gives what to call after each poll."""
        ...

    def building(self, what: str) -> AbstractContextManager[OnWait]:
        """Show that the registry is at work while the context is open; it gives what to call after each look."""
        ...


def release(options: ReleaseOptions, settings: ClientSettings, progress: ProgressReporter) -> RegistrationResult:
    """Find the project's wheel on the package index and register it.

    Raises:
        ClientError: It failed.
    """
    project = read_project(options.project)
    version = registered_version(options.version or project.version)
    for place, told in project.unread:
        progress.note(f"{place}: {told}")
    if options.wheel is not None:
        return _dry_run_here(options, options.wheel, project, version, settings, progress)
    require_credentials(settings)
    announcement: dict[str, Any] = {"name": project.name.canonical, "version": version.text, **project.announced}
    if options.changelog is not None:
        announcement["changelog"] = _read_text(options.changelog)
    if options.accept_breaking is not None:
        announcement["accept_breaking"] = {"reason": options.accept_breaking, "changes": options.accept_changes}
    elif options.accept_changes is not None:
        raise UnusableError(_NO_REASON)
    with new_http_client(settings.ca_bundle) as http:
        client = RetryingClient(http, progress.note)
        wheel_url, sha256 = options.wheel_url, options.sha256
        index, found = None, None
        if not wheel_url:
            index = _index(http, settings)
            with progress.waiting(f"{project.distribution} {version.pep440}", options.wait) as on_poll:
                found = wait_for_wheel(
                    index, project.distribution, version.pep440, seconds=options.wait, on_poll=on_poll
                )
            wheel_url, sha256 = found.url, sha256 or found.sha256
        announcement |= {"wheel_url": wheel_url, "sha256": sha256}
        attestations = _attestations(options, wheel_url, client, index, found) if options.attestations else ()
        if attestations:
            progress.note(f"Attestations of the wheel that go along: {len(attestations)}")
        token = obtain_token(client, settings)  # not before the wait, so that it is fresh
        if options.dry_run or not is_large(http, wheel_url, options.project):
            return register(
                client, settings.url, token, announcement, dry_run=options.dry_run, attestations=attestations
            )
        with progress.building(f"{project.name} {version}") as on_wait:
            return register(
                client, settings.url, token, announcement, dry_run=False, attestations=attestations, later=on_wait
            )


def _attestations(
    options: ReleaseOptions,
    wheel_url: str,
    client: RetryingClient,
    index: PackageIndex | None,
    found: IndexedWheel | None,
) -> Sequence[bytes]:
    """Return those beside the wheel that was built here; without such, those that the index names."""
    beside = attestations_beside(wheel_url, options.project)
    if beside or index is None or found is None:
        return beside
    return attestations_named(index, client, found)


def _dry_run_here(
    options: ReleaseOptions,
    wheel: Path,
    project: Project,
    version: SemVer,
    settings: ClientSettings,
    progress: ProgressReporter,
) -> RegistrationResult:
    from entrypoints.client.local_dry_run import LocalRelease, dry_run_here  # noqa: PLC0415 -- no other release needs it

    if not options.dry_run:
        raise UnusableError("--wheel goes with --dry-run; to register it, upload the wheel and leave --wheel out")
    if options.wheel_url:
        raise UnusableError("give --wheel or --wheel-url, not both")
    if options.accept_changes is not None and options.accept_breaking is None:
        raise UnusableError(_NO_REASON)
    local = LocalRelease(
        project=project,
        version=version,
        wheel=wheel,
        sha256=options.sha256,
        changelog=None if options.changelog is None else _read_text(options.changelog),
        accept_breaking=options.accept_breaking,
        accept_changes=options.accept_changes,
    )
    return dry_run_here(local, settings, progress.note)


def _index(http: httpx.Client, settings: ClientSettings) -> PackageIndex:
    if settings.index_url is None:
        raise UnusableError(_NO_INDEX)
    return PackageIndex(http, settings.index_url.reveal())


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise UnusableError(f"cannot read {path}: {error}") from None
