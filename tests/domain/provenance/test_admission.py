"""Whether a version may be published with the attestations that it has, or without any."""

from dataclasses import replace

import pytest

from domain.errors import InvalidTextError
from domain.provenance.admission import AttestationMode, CheckedProvenance, Step
from domain.provenance.attestations import Attestation
from domain.provenance.errors import (
    InvalidAttestationsError,
    ProvenanceMissingError,
    PublisherMismatchError,
    PublisherUntrustedError,
)
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent, PublisherRecord, validate_reason
from domain.provenance.sent import MAX_ATTESTATION_BYTES, validate_attestations
from domain.provenance.statements import SLSA_V1
from domain.semver import SemVer
from tests.builders import NOW
from tests.domain.provenance.test_publishers import RELEASE
from tests.support.statements import PUBLISH_V1

V1, V2 = SemVer.parse("1.0.0"), SemVer.parse("2.0.0")
OFF, RECORD, REQUIRE = AttestationMode
STEP = Step(at=NOW, actor="mch_1", request_id="r-1")
POLICY = PublisherPolicy.pinned_to(RELEASE)
ATTESTED = Attestation(sent=b'{"version":1}', predicate_type=PUBLISH_V1, claims=RELEASE, log_index=7)
OTHER = replace(ATTESTED, claims=replace(RELEASE, repository_id="999"))


def event(action: PublisherAction, *, reason: str | None = None, version: SemVer | None = None) -> PublisherEvent:
    policy = POLICY if action in {PublisherAction.PINNED, PublisherAction.SET} else None
    return PublisherEvent(action=action, at=NOW, actor="operator:ann", policy=policy, version=version, reason=reason)


NOTHING = PublisherRecord()
SET = PublisherRecord.of([event(PublisherAction.SET, reason="as agreed")])
PINNED = PublisherRecord.of([event(PublisherAction.PINNED, version=V1)])
CLEARED = PINNED.after(event(PublisherAction.CLEARED, reason="moved to another forge"))
EXCEPTED = PINNED.after(event(PublisherAction.EXCEPTED, reason="the old line has no workflow", version=V2))
EXCEPTED_ALL = PINNED.after(event(PublisherAction.EXCEPTED, reason="there is no workflow yet"))


def checked(*attestations: Attestation, mode: AttestationMode = RECORD) -> CheckedProvenance:
    return CheckedProvenance(mode=mode, attestations=attestations)


PUBLISHED_WITHOUT = {
    "off": (OFF, NOTHING),
    "off after an attested version": (OFF, PINNED),
    "recording, before the first attested version": (RECORD, NOTHING),
    "recording, with a publisher that was set": (RECORD, SET),
    "recording, with an exception for the version": (RECORD, EXCEPTED),
    "recording, with an exception for all": (RECORD, EXCEPTED_ALL),
    "requiring, with an exception": (REQUIRE, EXCEPTED),
}
REFUSED_WITHOUT = {
    "requiring": (REQUIRE, NOTHING, "with attestations only"),
    "requiring, with a publisher that was set": (REQUIRE, SET, "with attestations only"),
    "recording after an attested version": (RECORD, PINNED, "since 1.0.0"),
    "recording after the publisher was cleared": (RECORD, CLEARED, "since 1.0.0"),
    "recording, with an exception that ended": (
        RECORD,
        EXCEPTED.after(event(PublisherAction.EXCEPTION_ENDED, version=V2)),
        "since 1.0.0",
    ),
    "recording, with an exception for another version": (
        RECORD,
        PINNED.after(event(PublisherAction.EXCEPTED, reason="an old line", version=V1)),
        "since 1.0.0",
    ),
}


@pytest.mark.parametrize("case", PUBLISHED_WITHOUT)
def test_a_version_without_attestations_is_published_where_none_are_due(case: str) -> None:
    mode, record = PUBLISHED_WITHOUT[case]

    admitted = checked(mode=mode).admit(record, V2, STEP)

    assert (admitted.attestations, admitted.events) == ((), ())


@pytest.mark.parametrize("case", REFUSED_WITHOUT)
def test_a_version_without_attestations_is_refused_where_they_are_due(case: str) -> None:
    mode, record, sentence = REFUSED_WITHOUT[case]

    with pytest.raises(ProvenanceMissingError, match=sentence) as refusal:
        checked(mode=mode).admit(record, V2, STEP)

    assert refusal.value.code == "provenance_missing"


def test_an_exception_is_named_with_its_reason() -> None:
    detail = checked().admit(EXCEPTED, V2, STEP).detail

    assert detail == "no attestations; operator:ann made an exception: the old line has no workflow"


def test_the_first_attested_version_pins_its_publisher() -> None:
    admitted = checked(ATTESTED).admit(NOTHING, V1, STEP)

    assert [(each.action, each.policy, each.version) for each in admitted.events] == [
        (PublisherAction.PINNED, POLICY, V1)
    ]
    assert PublisherRecord.of(admitted.events) == PublisherRecord(policy=POLICY, first_verified=V1)
    assert admitted.events[0].actor == "mch_1"
    assert RELEASE.repository in admitted.detail


def test_the_first_attested_version_of_a_publisher_that_was_set_is_remembered() -> None:
    admitted = checked(ATTESTED).admit(SET, V1, STEP)

    assert [each.action for each in admitted.events] == [PublisherAction.VERIFIED]
    assert SET.after(admitted.events[0]) == replace(SET, first_verified=V1)


def test_later_versions_of_the_publisher_change_nothing() -> None:
    slsa = replace(ATTESTED, predicate_type=SLSA_V1)
    admitted = checked(ATTESTED, slsa).admit(PINNED, V2, STEP)

    assert (admitted.attestations, admitted.events) == ((ATTESTED, slsa), ())


def test_another_publisher_is_refused() -> None:
    with pytest.raises(PublisherMismatchError):
        checked(OTHER).admit(PINNED, V2, STEP)


def test_an_exception_is_none_for_another_publisher() -> None:
    with pytest.raises(PublisherMismatchError):
        checked(OTHER).admit(EXCEPTED_ALL, V2, STEP)


@pytest.mark.parametrize("record", [NOTHING, PINNED])
def test_one_attestation_of_another_publisher_is_enough_to_refuse(record: PublisherRecord) -> None:
    with pytest.raises(PublisherMismatchError):
        checked(ATTESTED, OTHER).admit(record, V2, STEP)


def test_a_signer_that_is_not_pinned_is_refused() -> None:
    with pytest.raises(PublisherUntrustedError):
        checked(replace(ATTESTED, claims=replace(RELEASE, runner="self-hosted"))).admit(NOTHING, V1, STEP)


def test_a_renamed_repository_is_noted() -> None:
    renamed = "https://git.example.com/acme/renamed"
    admitted = checked(replace(ATTESTED, claims=replace(RELEASE, repository=renamed))).admit(PINNED, V2, STEP)

    assert [each.action for each in admitted.events] == [PublisherAction.RENAMED]
    assert PINNED.after(admitted.events[0]).policy == replace(POLICY, repository=renamed)
    assert f"the repository was {RELEASE.repository} before" in admitted.detail


def test_after_a_publisher_was_cleared_the_next_attested_version_pins_its_own() -> None:
    admitted = checked(OTHER).admit(CLEARED, V2, STEP)

    assert [each.action for each in admitted.events] == [PublisherAction.PINNED]
    assert CLEARED.after(admitted.events[0]).first_verified == V1


@pytest.mark.hostile
def test_a_pin_that_did_not_see_an_operators_decision_does_not_replace_it() -> None:
    pinned = replace(event(PublisherAction.PINNED, version=V1), policy=replace(POLICY, repository_id="999"))

    record = SET.after(pinned)

    assert (record.policy, record.first_verified) == (POLICY, V1)


@pytest.mark.parametrize(
    "repository", [RELEASE.repository, "https://Git.example.com/Acme/Demo.git", f"{RELEASE.repository}/"]
)
def test_who_asks_for_a_repository_gets_what_its_workflows_built(repository: str) -> None:
    ATTESTED.require_built_by(repository)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("attestation", "refusal"),
    [
        (
            replace(ATTESTED, claims=replace(RELEASE, repository="https://git.example.com/acme/demo2")),
            PublisherMismatchError,
        ),
        (replace(ATTESTED, claims=replace(RELEASE, trigger="pull_request")), PublisherUntrustedError),
        (replace(ATTESTED, claims=replace(RELEASE, runner="self-hosted")), PublisherUntrustedError),
    ],
    ids=["another repository", "a pull request", "a self-hosted runner"],
)
def test_who_asks_for_a_repository_does_not_get_what_others_built(
    attestation: Attestation, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        attestation.require_built_by(RELEASE.repository)


def test_a_second_exception_for_a_version_replaces_the_first() -> None:
    twice = EXCEPTED.after(event(PublisherAction.EXCEPTED, reason="another reason", version=V2))

    assert [each.reason for each in twice.exceptions] == ["another reason"]


@pytest.mark.parametrize("reason", ["", "too short", " " * 20, "x" * 2001, "with a \x00 in it"])
def test_a_reason_says_something(reason: str) -> None:
    with pytest.raises(InvalidTextError):
        validate_reason(reason)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ([b"{}"] * 9, "at most 8"),
        ([b"{}", b"{" + b" " * MAX_ATTESTATION_BYTES], "attestation 2 has"),
        ([b"[]"], "attestation 1 is no JSON object"),
        ([b'"{}"'], "no JSON object"),
        ([b""], "no JSON object"),
    ],
    ids=["too many", "too long", "a list", "a text", "nothing"],
)
def test_what_is_sent_is_bounded(sent: list[bytes], sentence: str) -> None:
    with pytest.raises(InvalidAttestationsError, match=sentence):
        validate_attestations(sent)


def test_a_repeated_attestation_counts_once() -> None:
    assert validate_attestations([b"{}", b'{"a":1}', b"{}"]) == (b"{}", b'{"a":1}')
