"""The list of a provider's versions: the latest first, then minor lines, pre-releases apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from domain.semver import SemVer
from domain.version_marks import VersionMarks
from domain.versions import ProviderVersion

_SHOWN, _FEW = 8, 4


@dataclass(frozen=True, slots=True)
class VersionLine:
    """Versions of one minor version, newest first.

    Attributes:
        name: Such as ``1.4.x``; empty in a list where each line has one version only.
    """

    name: str
    versions: Sequence[ProviderVersion]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionListing:
    """Some of a provider's versions, newest first by precedence.

    Attributes:
        latest: What ``latest`` means; None if all are yanked.
    """

    versions: Sequence[ProviderVersion]
    latest: ProviderVersion | None
    marks: Mapping[SemVer, VersionMarks]
    is_first: bool
    is_last: bool

    @property
    def top(self) -> Sequence[ProviderVersion]:
        """What stands above all lines: the latest version, where the list begins."""
        return [self.latest] if self.is_first and self.latest is not None else []

    @property
    def in_sight(self) -> Sequence[VersionLine]:
        """The lines that are shown."""
        return _lines(self._stable[: self._shown])

    @property
    def folded(self) -> Sequence[VersionLine]:
        """The lines that are folded away; none if they would hold few versions."""
        return _lines(self._stable[self._shown :])

    @property
    def prereleases(self) -> Sequence[ProviderVersion]:
        """The pre-releases, but for one that ``latest`` means."""
        return [each for each in self._others if each.version.is_prerelease]

    @property
    def next_query(self) -> str:
        """What leads to the versions that follow."""
        return urlencode({"cursor": self.versions[-1].version.text})

    @property
    def _others(self) -> Sequence[ProviderVersion]:
        top = {each.version for each in self.top}
        return [each for each in self.versions if each.version not in top]

    @property
    def _stable(self) -> Sequence[ProviderVersion]:
        return [each for each in self._others if not each.version.is_prerelease]

    @property
    def _shown(self) -> int:
        total, top = len(self._stable), len(self.top)
        return _SHOWN - top if self.is_first and top + total > _SHOWN + _FEW else total


def _lines(versions: Sequence[ProviderVersion]) -> Sequence[VersionLine]:
    lines = {line: list(group) for line, group in groupby(versions, key=lambda each: each.version.release[:2])}
    if all(len(group) == 1 for group in lines.values()):
        return [VersionLine("", versions)] if versions else []
    return [VersionLine(f"{major}.{minor}.x", group) for (major, minor), group in lines.items()]
