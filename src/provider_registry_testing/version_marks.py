"""The contract of what lists say of versions."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from application.ports.version_checks import VersionChecks
from application.ports.version_mark_queries import VersionMarkQueries
from domain.availability import Availability, CheckSchedule, OriginVerdict
from domain.errors import WheelProblem, WheelRefusedError
from domain.provenance.admission import Admitted
from domain.provenance.attestations import Attestation
from domain.provenance.claims import SignerClaims
from domain.semver import SemVer
from domain.verification import VerificationLog
from domain.version_marks import VersionMarks
from domain.version_state import Publish, VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion
from provider_registry_testing.builders import NOW, a_building_version, a_name, a_version
from provider_registry_testing.writes import VersionStore, event_of, put

REFUSAL = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")
AT_ONCE = CheckSchedule(look_every=timedelta())


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks, and what they are about."""

    marks: VersionMarkQueries
    checks: VersionChecks
    store: VersionStore

    async def publish(self, version: ProviderVersion, *repositories: str) -> None:
        """Publish a version with an attestation of each of these repositories."""
        attestations = tuple(_attestation(number, each) for number, each in enumerate(repositories))
        provenance = (
            Admitted(attestations=attestations, events=(), added_by="mch_1", detail="") if repositories else None
        )

        def decide(_: VersionSnapshot) -> tuple[VersionWrite, None]:
            return Publish(version=version, event=event_of(version), provenance=provenance), None

        await self.store.update(version.name, version.version, decide)

    async def found(self, *versions: str) -> dict[str, VersionMarks]:
        found = await self.marks.list_marks(a_name(), [SemVer.parse(version) for version in versions])
        return {version.text: marks for version, marks in found.items()}


def _attestation(number: int, repository: str) -> Attestation:
    claims = SignerClaims(issuer="i", identity="i", repository=repository, repository_id="1", workflow="w")
    sent = f'{{"number": {number}}}'.encode()
    return Attestation(sent=sent, predicate_type="p", claims=claims, log_index=number)


def verified(version: ProviderVersion, *, passed: bool = True) -> ProviderVersion:
    """Return a version with two checks; the second one passed or not."""
    log = VerificationLog()
    with log.check("size") as check:
        check.detail = 'as announced, not "passed": false'
    with suppress(WheelRefusedError), log.check("digest"):
        if not passed:
            raise REFUSAL
    return replace(version, verification=log.verdict(at=NOW))


@pytest.mark.anyio
class VersionMarksContract:
    """What every ``VersionMarkQueries`` promises. A subclass has a fixture ``marked``, which holds nothing."""

    async def test_a_version_is_verified_if_it_has_checks_and_all_passed(self, marked: Marked) -> None:
        await marked.publish(verified(a_version("1.0.0")))
        await marked.publish(verified(a_version("2.0.0"), passed=False))
        await marked.publish(a_version("3.0.0"))
        found = await marked.found("1.0.0", "2.0.0", "3.0.0")
        assert {number: marks.is_verified for number, marks in found.items()} == {
            "1.0.0": True,
            "2.0.0": False,
            "3.0.0": False,
        }

    async def test_the_verdict_on_each_wheel_is_that_of_its_last_check(self, marked: Marked) -> None:
        for number in ("1.0.0", "2.0.0"):
            await marked.publish(a_version(number))
        await marked.checks.enrol(AT_ONCE, limit=1)
        [check] = await marked.checks.claim(seconds=60, limit=10)
        known = Availability(verdict=OriginVerdict.DRIFTED, since=NOW, checked_at=NOW)
        await marked.checks.record(check.lease, known, after=timedelta())
        found = await marked.found("1.0.0", "2.0.0")
        assert found.pop(check.wheel.version.text) == VersionMarks(verdict=OriginVerdict.DRIFTED)
        assert list(found.values()) == [VersionMarks()]

    async def test_repositories_that_built_a_version_are_named_once_in_the_order_of_their_attestations(
        self, marked: Marked
    ) -> None:
        await marked.publish(a_version("1.0.0"), "https://b.example", "https://a.example", "https://b.example")
        await marked.publish(a_version("2.0.0"))
        found = await marked.found("1.0.0", "2.0.0")
        assert found["1.0.0"].repositories == ("https://b.example", "https://a.example")
        assert found["2.0.0"].repositories == ()

    async def test_only_public_versions_that_were_asked_for_have_marks(self, marked: Marked) -> None:
        yanked = a_version("2.0.0").yank("broken", at=NOW)
        failed = a_building_version("3.0.0").fail(REFUSAL, at=NOW)
        await put(marked.store, a_version("1.0.0"), yanked, failed, a_version("1.0.0", name="platform/other"))
        assert set(await marked.found("1.0.0", "2.0.0", "3.0.0", "4.0.0")) == {"1.0.0", "2.0.0"}
        assert set(await marked.found("2.0.0")) == {"2.0.0"}
        assert await marked.found() == {}
