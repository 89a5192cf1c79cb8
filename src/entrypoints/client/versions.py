"""From the version that a project is built as to the one that it is registered as."""

from packaging.version import InvalidVersion, Version

from domain.errors import InvalidValueError
from domain.semver import SemVer
from entrypoints.client.errors import UnusableError

_PRE_RELEASES = {"a": "alpha", "b": "beta", "rc": "rc"}


def registered_version(written: str | None) -> SemVer:
    """Return the Semantic Version of a release: ``1.4.0rc1`` is registered as ``1.4.0-rc.1``.

    Raises:
        UnusableError: There is none, or no Semantic Version equals it.
    """
    if written is None:
        raise UnusableError("pyproject.toml leaves the version to its build backend; say which one with --version")
    for text in (written, _respelled(written)):
        try:
            version = SemVer.parse(text)
            _ = version.pep440  # raises for a version that no wheel can carry
        except InvalidValueError as error:
            problem = error.detail
        else:
            return version
    raise UnusableError(f"version {written}: {problem}")


def _respelled(written: str) -> str:
    try:
        version = Version(written)
    except InvalidVersion:
        return written
    core = f"{version.major}.{version.minor}.{version.micro}"
    marks = [f"{_PRE_RELEASES[version.pre[0]]}.{version.pre[1]}"] if version.pre else []
    marks += [] if version.dev is None else [f"dev.{version.dev}"]
    respelled = "-".join([core, *marks])
    # A pre-release's own development release sorts before it here and after it there.
    return respelled if len(marks) < 2 and _equal(respelled, version) else written


def _equal(respelled: str, version: Version) -> bool:
    try:
        return Version(respelled) == version
    except InvalidVersion:
        return False
