"""Filling, verifying and sweeping the mirror. Each can be interrupted, and goes on where it was."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from application.errors import MirrorCorruptError, TransientError
from application.ports.clock import Clock
from application.ports.mirror_index import MirrorIndex
from application.ports.wheel_mirror import StoredBytes, WheelMirror
from application.scheduling import run_in_thread_if_large
from application.use_cases.mirror import KeepWheel
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from domain.errors import RegistryError
from domain.mirror import MirroredWheel, MirrorPart, RegisteredWheel
from domain.verification import VerificationLog
from domain.wheel.file import Sha256Digest

_PAGE = 100
_AGE = timedelta(days=1)
"""A copy that is newer may belong to a registration under way."""


class MirrorOutcome(StrEnum):
    """What became of one wheel.

    ``kept``, ``intact``, ``removed``; ``repaired`` from its host after its copy was damaged or gone; ``failed``.
    """

    KEPT = "kept"
    INTACT = "intact"
    REPAIRED = "repaired"
    REMOVED = "removed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorStep:
    """One wheel that was worked on.

    Attributes:
        wheel: One of the versions that have it; None if none has.
        code: Why it failed, or was repaired.
        detail: Why it failed, as a sentence.
    """

    outcome: MirrorOutcome
    sha256: Sha256Digest
    wheel: RegisteredWheel | None = None
    code: str | None = None
    detail: str | None = None


class _Origin:
    """Keeps wheels from where they were registered, after verifying them as a registration does."""

    def __init__(self, verify_wheel: VerifyWheel, keeper: KeepWheel) -> None:
        self._verify_wheel = verify_wheel
        self._keeper = keeper

    async def keep(self, wheel: RegisteredWheel, outcome: MirrorOutcome, *, replace: bool = False) -> MirrorStep:
        claims = WheelClaims(filename=wheel.url.filename, version=wheel.version.pep440, sha256=wheel.sha256)
        try:
            await self._verify_wheel.execute(
                wheel.url,
                claims,
                VerificationLog(),
                namespace=wheel.provider.prefix,
                keep=lambda fetched, verified: self._keeper.keep(fetched, verified, replace=replace),
            )
        except RegistryError as error:
            return MirrorStep(
                outcome=MirrorOutcome.FAILED, sha256=wheel.sha256, wheel=wheel, code=error.code, detail=error.detail
            )
        return MirrorStep(outcome=outcome, sha256=wheel.sha256, wheel=wheel)


class BackfillMirror:
    """Keeps copies of the wheels that were registered without one."""

    def __init__(self, *, verify_wheel: VerifyWheel, keeper: KeepWheel, index: MirrorIndex) -> None:
        self._origin = _Origin(verify_wheel, keeper)
        self._index = index

    async def execute(self) -> AsyncIterator[MirrorStep]:
        """Fetch and verify one wheel after the other. A repeat tries those again that failed.

        Raises:
            StoreUnavailableError: The index is unreachable.
        """
        after: Sha256Digest | None = None
        while missing := await self._index.list_missing(after=after, limit=_PAGE):
            for wheel in missing:
                yield await self._origin.keep(wheel, MirrorOutcome.KEPT)
            after = missing[-1].sha256


class VerifyMirror:
    """Reads copies back, compares their digests, and replaces those that are damaged or gone."""

    def __init__(
        self, *, mirror: WheelMirror, verify_wheel: VerifyWheel, keeper: KeepWheel, index: MirrorIndex, clock: Clock
    ) -> None:
        self._mirror = mirror
        self._origin = _Origin(verify_wheel, keeper)
        self._index = index
        self._clock = clock

    async def execute(self, age: timedelta) -> AsyncIterator[MirrorStep]:
        """Verify the copies that were last verified so long ago, the earliest first. A repeat leaves out the intact.

        Raises:
            StoreUnavailableError: The index is unreachable.
        """
        before = self._clock.now() - age
        tried: set[Sha256Digest] = set()
        while due := await self._index.list_verified_before(before, limit=_PAGE + len(tried)):
            fresh = [(copy, wheel) for copy, wheel in due if copy.sha256 not in tried]
            if not fresh:
                return
            for copy, wheel in fresh:
                tried.add(copy.sha256)
                yield await self._verify(copy, wheel)

    async def _verify(self, copy: MirroredWheel, wheel: RegisteredWheel) -> MirrorStep:
        try:
            intact = [await self._is_intact(copy, part) for part in MirrorPart]
        except TransientError as error:
            if not await self._is_gone(copy):
                return MirrorStep(
                    outcome=MirrorOutcome.FAILED, sha256=copy.sha256, wheel=wheel, code=error.code, detail=error.detail
                )
            intact = [False]
        if all(intact):
            await self._index.add(copy, at=self._clock.now())
            return MirrorStep(outcome=MirrorOutcome.INTACT, sha256=copy.sha256, wheel=wheel)
        step = await self._origin.keep(wheel, MirrorOutcome.REPAIRED, replace=True)
        return step if step.code else replace(step, code=MirrorCorruptError.code)

    async def _is_gone(self, copy: MirroredWheel) -> bool:
        """Return whether the storage says so; one that is out of reach says nothing."""
        try:
            return None in [await self._mirror.find(copy.sha256, part) for part in MirrorPart]
        except TransientError:
            return False

    async def _is_intact(self, copy: MirroredWheel, part: MirrorPart) -> bool:
        stored = await self._mirror.read(copy.sha256, part)
        return stored.file_size == copy.size_of(part) and await _digest(stored) == copy.digest_of(part).hex


class SweepMirror:
    """Removes copies that no public version has: of registrations that ended before they published."""

    def __init__(self, *, mirror: WheelMirror, index: MirrorIndex, clock: Clock) -> None:
        self._mirror = mirror
        self._index = index
        self._clock = clock

    async def execute(self) -> AsyncIterator[MirrorStep]:
        """Look at every copy that is older than a day.

        Raises:
            MirrorUnavailableError: The storage is out of reach.
            StoreUnavailableError: The index is unreachable.
        """
        before = self._clock.now() - _AGE
        async for stored in self._mirror.list_wheels():
            if stored.stored_at < before and await self._index.remove_unregistered(stored.sha256, before=before):
                found = await self._mirror.find(stored.sha256, MirrorPart.WHEEL)
                if found is None or found.stored_at < before:  # not put again meanwhile
                    await self._mirror.delete(stored.sha256)
                    yield MirrorStep(outcome=MirrorOutcome.REMOVED, sha256=stored.sha256)


async def _digest(stored: StoredBytes) -> str:
    hashed = hashlib.sha256()
    async for chunk in stored.chunks:
        await run_in_thread_if_large(len(chunk), hashed.update, chunk)
    return hashed.hexdigest()
