"""From the version that a project is built as to the one that it is registered as."""

from domain.errors import InvalidValueError
from domain.semver import SemVer, semver_spelling
from entrypoints.client.errors import UnusableError


def registered_version(written: str | None) -> SemVer:
    """Return the Semantic Version of a release: ``1.4.0rc1`` is registered as ``1.4.0-rc.1``.

    Raises:
        UnusableError: There is none, or no Semantic Version equals it.
    """
    if written is None:
        raise UnusableError("pyproject.toml leaves the version to its build backend; say which one with --version")
    for text in (written, semver_spelling(written) or written):
        try:
            version = SemVer.parse(text)
            _ = version.pep440  # raises for a version that no wheel can carry
        except InvalidValueError as error:
            problem = error.detail
        else:
            return version
    raise UnusableError(f"version {written}: {problem}")
