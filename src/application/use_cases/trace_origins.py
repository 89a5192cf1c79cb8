"""Since which version the fields of a version are there."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from application.ports.version_queries import VersionQueries
from domain.field_origins import Origins, Visits, first_origins, next_origins
from domain.names import ProviderName
from domain.schemas import ResourceSchemas
from domain.semver import SemVer
from domain.versions import ProviderVersion, VersionStatus

MAX_VERSIONS = 100
MAX_CHARACTERS = 24_000_000
_READ_AT_ONCE = 20
_MAX_KEPT = 16_000_000
_EACH, _FIELD = 100, 150  # bytes that one of them takes, about


@dataclass(frozen=True, slots=True)
class _Traced:
    """The origins of a version.

    Attributes:
        chain: The versions that they were found from, oldest first; its own is the last one.
        source: The last of them that has schemas.
    """

    chain: Sequence[SemVer]
    source: SemVer
    origins: Origins

    @property
    def weight(self) -> int:
        later = (origin.later or {} for origin in self.origins.resources.values())
        fields = sum(_FIELD + len(path) for each in later for _, path in each)
        return _EACH * (len(self.chain) + len(self.origins.resources)) + fields

    def is_of(self, chain: Sequence[SemVer]) -> bool:
        """Tell whether it was found from these versions, as far as both go back."""
        common = min(len(chain), len(self.chain))
        return list(chain[-common:]) == list(self.chain[-common:])


class TraceOrigins:
    """Finds since which version the resource types and fields of a version are there without a gap.

    Published content never changes, so what was found is kept, about 16 MB of it, and the next version goes on from
    there. Yanked versions and versions without schemas are passed over, and pre-releases too, unless it is about one.
    The 100 versions below are looked at, the highest first, until their schemas have 24 million characters.
    """

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions
        self._kept: OrderedDict[tuple[ProviderName, SemVer], _Traced] = OrderedDict()
        self._weight = 0
        self._turn = asyncio.Lock()

    async def execute(self, version: ProviderVersion) -> Origins | None:
        """Return the origins; None while those of another version are being found.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        name, own = version.name, version.version
        listed = await self._versions.list_versions(name, limit=MAX_VERSIONS + 1, before=own)
        below = [each.version for each in listed[:MAX_VERSIONS] if _counts(each, own)]
        chain = [*reversed(below), own]
        kept = self._find(name, chain)
        if kept is not None:
            return kept.origins
        if self._turn.locked():
            return None
        async with self._turn:
            return await self._trace(name, chain, is_whole=len(listed) <= MAX_VERSIONS)

    async def _trace(self, name: ProviderName, chain: Sequence[SemVer], *, is_whole: bool) -> Origins:
        """Go back to the nearest version whose origins are kept, and forth from there."""
        known = ((end, self._find(name, chain[:end])) for end in range(len(chain) - 1, 0, -1))
        end, before = next(((end, found) for end, found in known if found is not None), (0, None))
        wanted = chain if before is None else [before.source, *chain[end:]]
        schemas, is_cut = await self._read(name, wanted)
        if is_cut:
            end, before = 0, None
        steps = _Steps(chain, schemas, is_whole=is_whole and not is_cut)
        traced = await asyncio.to_thread(lambda: list(steps.after(before, end)))
        for each in traced:
            self._keep(name, each)
        return traced[-1].origins if traced else Origins({})

    async def _read(self, name: ProviderName, wanted: Sequence[SemVer]) -> tuple[dict[SemVer, ResourceSchemas], bool]:
        """Return the schemas of versions, and whether those of the lowest ones were too much."""
        found: dict[SemVer, ResourceSchemas] = {}
        left = MAX_CHARACTERS
        for end in range(len(wanted), 0, -_READ_AT_ONCE):
            read = await self._versions.list_schemas(name, wanted[max(0, end - _READ_AT_ONCE) : end])
            left -= sum(map(_length, read.values()))
            if left < 0 and found:
                return found, True
            found |= read
        return found, False

    def _find(self, name: ProviderName, chain: Sequence[SemVer]) -> _Traced | None:
        found = self._kept.get((name, chain[-1]))
        if found is None or not found.is_of(chain):
            return None
        self._kept.move_to_end((name, chain[-1]))
        return found

    def _keep(self, name: ProviderName, traced: _Traced) -> None:
        key = name, traced.chain[-1]
        replaced = self._kept.pop(key, None)
        self._kept[key] = traced
        self._weight += traced.weight - (0 if replaced is None else replaced.weight)
        while self._weight > _MAX_KEPT and len(self._kept) > 1:
            self._weight -= self._kept.popitem(last=False)[1].weight


@dataclass(frozen=True, slots=True)
class _Steps:
    """Follows the schemas of versions from one to the next. Takes time, so it is done in a thread."""

    chain: Sequence[SemVer]
    schemas: Mapping[SemVer, ResourceSchemas]
    is_whole: bool

    def after(self, last: _Traced | None, end: int) -> Iterator[_Traced]:
        """Yield the origins of the versions from that place in the chain on; ``last`` are those before it."""
        visits = Visits()
        for at in range(end, len(self.chain)):
            last = self._next(last, self.chain[: at + 1], visits)
            if last is not None:
                yield last

    def _next(self, last: _Traced | None, chain: Sequence[SemVer], visits: Visits) -> _Traced | None:
        version, schemas = chain[-1], self.schemas.get(chain[-1])
        if schemas is None:
            return None if last is None else replace(last, chain=chain)
        if last is None:
            return _Traced(chain, version, first_origins(version, schemas, is_first=self.is_whole))
        old = self.schemas[last.source]
        return _Traced(chain, version, next_origins(version, schemas, last.origins, old, visits))


def _counts(version: ProviderVersion, own: SemVer) -> bool:
    is_offered = version.status is VersionStatus.PUBLISHED
    return is_offered and (own.is_prerelease or not version.version.is_prerelease)


def _length(schemas: ResourceSchemas) -> int:
    documents = (document for schema in schemas for document in (schema.config_schema, schema.outputs_schema))
    return sum(len(document.text) for document in documents if document is not None)
