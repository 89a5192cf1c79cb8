"""Versions: Semantic Versioning 2.0.0, and the spelling that PEP 440 gives them."""

from dataclasses import dataclass
from functools import total_ordering
from typing import Self

import semver
from packaging.version import InvalidVersion, Version

from domain.errors import InvalidVersionError, UnmatchableVersionError

MAX_LENGTH = 128


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class SemVer:
    """A Semantic Version, ordered by precedence; build metadata, which has none, breaks ties as text.

    Attributes:
        text: The version as it was written.
        sort_key: ASCII text whose code-point order is this order, for indexes that know nothing of SemVer.
        is_prerelease: Whether it has pre-release identifiers.
    """

    text: str
    sort_key: str
    is_prerelease: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a version.

        Raises:
            InvalidVersionError: Not SemVer 2.0.0, or longer than 128 characters. The sentence respells PEP 440.
        """
        if len(text) > MAX_LENGTH:  # int() is quadratic in the length
            msg = f"send a SemVer 2.0.0 version of at most {MAX_LENGTH} characters, such as 1.4.0 or 2.0.0-rc.1"
            raise InvalidVersionError(msg)
        if text != text.strip():  # older patterns of the library admit a trailing newline
            raise InvalidVersionError(f"not a SemVer 2.0.0 version{advice(text)}")
        try:
            parsed = semver.Version.parse(text)
        except ValueError:
            raise InvalidVersionError(f"not a SemVer 2.0.0 version{advice(text)}") from None
        return cls(text, _sort_key(parsed), parsed.prerelease is not None)

    @property
    def precedence(self) -> str:
        """The sort key without the build metadata, which has no precedence."""
        return self.sort_key.partition(" ")[0]

    @property
    def release(self) -> tuple[int, int, int]:
        """The numbers: major, minor, patch."""
        major, minor, patch = self.text.partition("+")[0].partition("-")[0].split(".")
        return int(major), int(minor), int(patch)

    @property
    def pep440(self) -> Version:
        """The equal PEP 440 version: the one that a wheel of this version carries.

        Raises:
            UnmatchableVersionError: PEP 440 has no equal, or reads it as a post-release, which SemVer sorts before
                the release it follows.
        """
        try:
            version = Version(self.text)
        except InvalidVersion:
            msg = (
                f"{self.text} has no PEP 440 equal, so no wheel can carry it; "
                "write pre-releases as -dev.N, -alpha.N, -beta.N or -rc.N"
            )
            raise UnmatchableVersionError(msg) from None
        if version.is_postrelease and version.pre is None:
            msg = (
                f"{self.text} reads as the post-release {version} in PEP 440 but sorts before "
                f"{version.base_version} in SemVer; raise the patch number instead"
            )
            raise UnmatchableVersionError(msg)
        return version

    def __eq__(self, other: object) -> bool:
        """Compare as text: the sort key is one-to-one with it."""
        return self.text == other.text if isinstance(other, SemVer) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __lt__(self, other: object) -> bool:
        """Compare by precedence, then by build metadata."""
        return self.sort_key < other.sort_key if isinstance(other, SemVer) else NotImplemented

    def __str__(self) -> str:
        return self.text


def _number(digits: str) -> str:
    """Prefix a number with its length, so that text order is numeric order."""
    return f"{len(digits):03d}{digits}"


def _sort_key(version: semver.Version) -> str:
    """Encode SemVer section 11 in ASCII.

    ``~`` sorts after every identifier, so a release follows its pre-releases; ``0`` before ``1`` puts numeric
    identifiers first; ``!`` sorts before every character of an identifier, so a shorter list comes first; the blank
    before build metadata sorts before everything else used here.
    """
    core = "".join(_number(str(part)) for part in (version.major, version.minor, version.patch))
    if version.prerelease is None:
        rank = "~"
    else:
        rank = "".join(
            f"0{_number(identifier)}!" if identifier.isdigit() else f"1{identifier}!"
            for identifier in version.prerelease.split(".")
        )
    return core + rank + (f" {version.build}" if version.build else "")


_PRE_RELEASES = {"a": "alpha", "b": "beta", "rc": "rc"}
_NUMBERS = 3


def semver_spelling(written: str) -> str | None:
    """Return the Semantic Version that equals a PEP 440 version: ``1.4.0rc1`` is ``1.4.0-rc.1``. None without one."""
    version = _read(written)
    return None if version is None or _reason(version) else _respelled(version)


def advice(written: str) -> str:
    """Return what to send instead of a version that is not SemVer 2.0.0, as the end of a sentence."""
    version = _read(written)
    if version is None:
        return "; send MAJOR.MINOR.PATCH, such as 1.4.0 or 2.0.0-rc.1"
    reason = _reason(version)
    return f", and none stands for it: {reason}" if reason else f"; send {_respelled(version)}"


def _read(written: str) -> Version | None:
    try:
        return Version(written)
    except InvalidVersion:
        return None


def _reason(version: Version) -> str:
    """Say why no Semantic Version equals it; empty if one does."""
    if version.epoch:
        return "SemVer has no epochs; leave it out"
    if any(version.release[_NUMBERS:]):
        return f"SemVer has three numbers and this has {len(version.release)}; use three"
    if version.is_postrelease:
        return "SemVer has no post-releases; raise the patch number instead"
    if version.pre and version.dev is not None:
        return (
            "SemVer would sort the development release of a pre-release after it; "
            "release it as a pre-release or as a development release"
        )
    return ""


def _respelled(version: Version) -> str:
    spelled = f"{version.major}.{version.minor}.{version.micro}"
    if version.pre:
        spelled += f"-{_PRE_RELEASES[version.pre[0]]}.{version.pre[1]}"
    elif version.dev is not None:
        spelled += f"-dev.{version.dev}"
    return f"{spelled}+{version.local}" if version.local else spelled
