"""Checking a project before its release, offline: what the registry would refuse it for."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from application.use_cases.check_announcement import CheckSchemas
from application.use_cases.verify_wheel import WheelClaims
from domain.announcements import Announcement
from domain.errors import SchemaRefusedError
from domain.semver import SemVer
from domain.verification import Verification, VerificationLog
from domain.wheel.url import WheelUrl
from entrypoints.client.announced import Announced, Problem, announced_values
from entrypoints.client.errors import UnusableError
from entrypoints.client.local_wheel import WheelOutcome, examine, on_disk, wheels_of
from entrypoints.client.project import Project, read_project
from entrypoints.client.versions import registered_version
from entrypoints.schema_checks import NO_DRAFTS, open_schema_validation
from entrypoints.settings import WheelSettings
from entrypoints.wheel_verification import open_wheel_verification

_NOWHERE = WheelUrl.parse("https://wheels.example.com/any-0-py3-none-any.whl")
"""Where the wheel will be is not known, and no rule of schemas asks for it."""
_NO_DISPLAY_NAME = "tool.pragma.display_name is not set; a provider's first version needs one"


class CheckedWheel(msgspec.Struct, frozen=True, kw_only=True):
    """The registry's checks on one wheel."""

    file: str
    passed: bool
    code: str | None
    sha256: str | None
    verification: Verification


class ProjectCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a release before there is one.

    Attributes:
        problems: What it would be refused for.
        notes: What was left out, and what may be refused.
        schemas: The checks of its schemas; None if they could not be read.
    """

    provider: str
    version: str
    passed: bool
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    schemas: Verification | None
    wheels: tuple[CheckedWheel, ...]


def check_project(folder: Path, *, dist: Path, version: str | None, settings: WheelSettings) -> ProjectCheck:
    """Hold a project, its schemas and its wheels to the registry's rules. Asks no registry.

    Args:
        folder: Of its ``pyproject.toml``.
        dist: Folder of its wheels.
        version: Instead of the project's; the wheel's if neither says it.
        settings: Of the verification.

    Raises:
        UnusableError: The project cannot be read, or its version is not known.
    """
    project = read_project(folder)
    found, problems = [], [Problem(place, "unknown_key", told) for place, told in project.unread]
    number = _version(project, dist, version)
    announced = announced_values(project)
    problems += announced.problems
    notes = [] if "metadata" in project.announced else [_NO_DISPLAY_NAME]
    schemas, broken = asyncio.run(_check_schemas(project, announced, notes)) if announced.schemas else (None, None)
    problems += [broken] if broken else []
    try:
        found = wheels_of(dist, project.distribution, number.pep440)
    except UnusableError as error:
        problems.append(Problem(dist.name, "wheel_not_found", error.detail))
    wheels = []
    for path, name in found:
        claims = WheelClaims(
            filename=name,
            distribution=project.distribution,
            version=number.pep440,
            package_name=announced.package_name,
        )
        outcome = asyncio.run(examine(open_wheel_verification(settings), on_disk(path), claims))
        wheels.append(_checked(path, outcome))
        if outcome.code is not None:
            problems.append(Problem(path.name, outcome.code, outcome.verification.checks[-1].detail))
    return ProjectCheck(
        provider=project.name.canonical,
        version=number.text,
        passed=not problems,
        problems=tuple(problems),
        notes=tuple(notes),
        schemas=schemas,
        wheels=tuple(wheels),
    )


def _version(project: Project, dist: Path, given: str | None) -> SemVer:
    written = given or project.version
    if written is None:  # its build backend knew
        built = {name.version for _, name in wheels_of(dist, project.distribution, None)}
        written = str(built.pop()) if len(built) == 1 else None
    return registered_version(written)


async def _check_schemas(
    project: Project, announced: Announced, notes: list[str]
) -> tuple[Verification, Problem | None]:
    log, validator, problem = VerificationLog(), open_schema_validation(), None
    announcement = Announcement(wheel_url=_NOWHERE, schemas=announced.schemas)
    notes += [] if validator else [NO_DRAFTS]
    try:
        await CheckSchemas(validator).execute(announcement, log)
    except SchemaRefusedError as error:
        problem = Problem(project.schemas_file, error.code, error.detail)
    return log.verdict(at=datetime.now(UTC)), problem


def _checked(path: Path, outcome: WheelOutcome) -> CheckedWheel:
    return CheckedWheel(
        file=str(path),
        passed=outcome.wheel is not None,
        code=outcome.code,
        sha256=None if outcome.wheel is None else outcome.wheel.sha256.hex,
        verification=outcome.verification,
    )
