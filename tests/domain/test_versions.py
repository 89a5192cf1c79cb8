"""What differs between a version and another announcement, one step of each verb, and reasons to yank."""

from datetime import timedelta
from typing import Any

import pytest

from domain.errors import InvalidTextError, WheelProblem, WheelRefusedError
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.versions import VersionStatus, validate_yank_reason
from domain.wheel.file import Sha256Digest
from tests.builders import NOW, a_building_version, a_proven_wheel, a_version, a_wheel_url, an_announcement

_LATER = NOW + timedelta(hours=1)
_SCHEMAS = ResourceSchemas.of({"bucket": ResourceSchema("bucket", "gcp", "bucket")})
_COMPUTED = a_proven_wheel().sha256


def test_a_version_does_not_differ_from_its_own_announcement() -> None:
    announced: dict[str, Any] = {
        "changelog": "First.",
        "schemas": _SCHEMAS,
        "entrypoint": ("run",),
        "package_name": "gcp_provider",
    }

    assert a_version(**announced).differences(an_announcement(**announced)) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wheel_url", a_wheel_url("1.0.0", host="other.example.com")),
        ("sha256", Sha256Digest("a" * 64)),
        ("package_name", "gcp_provider.bucket"),
        ("entrypoint", ("python", "-m", "custom")),
        ("schemas", _SCHEMAS),
        ("config_schema", CanonicalJson.of({})),
        ("outputs_schema", CanonicalJson.of({"type": "object"})),
        ("changelog", ""),
    ],
)
def test_each_field_of_the_content_counts_and_is_named(field: str, value: object) -> None:
    changed: dict[str, Any] = {field: value}

    assert a_version().differences(an_announcement(**changed)) == (field,)


def test_all_differences_are_named_at_once() -> None:
    other = an_announcement(changelog="Other.", entrypoint=("run",), sha256=Sha256Digest("a" * 64))

    assert set(a_version().differences(other)) == {"sha256", "entrypoint", "changelog"}


@pytest.mark.parametrize("announced_first", [None, _COMPUTED])
@pytest.mark.parametrize("announced_again", [None, _COMPUTED])
def test_an_absent_digest_agrees_with_the_computed_one(
    announced_first: Sha256Digest | None, announced_again: Sha256Digest | None
) -> None:
    version = a_version(sha256=announced_first)

    assert version.differences(an_announcement(sha256=announced_again)) == ()
    assert version.wheel_sha256 == _COMPUTED


def test_a_digest_announced_in_the_fragment_is_a_digest() -> None:
    url = type(a_wheel_url()).parse(f"{a_wheel_url()}#sha256={'a' * 64}")

    assert a_version().differences(an_announcement(wheel_url=url)) == ("sha256",)


@pytest.mark.parametrize("first", [None, "gcp_provider"])
@pytest.mark.parametrize("again", [None, "gcp_provider"])
def test_the_inferred_package_agrees_with_the_same_one_said_out_loud(first: str | None, again: str | None) -> None:
    version = a_version(package_name=first)

    assert version.differences(an_announcement(package_name=again)) == ()
    assert version.package_name == "gcp_provider"


def test_an_announced_package_prevails_over_the_inferred_one() -> None:
    version = a_version(package_name="gcp_provider.bucket")

    assert version.package_name == "gcp_provider.bucket"
    assert version.differences(an_announcement(package_name="gcp_provider")) == ("package_name",)


def test_an_ambiguous_package_stays_unknown() -> None:
    version = a_building_version().publish(a_proven_wheel(package_name=None), at=NOW)

    assert version.package_name is None
    assert version.differences(an_announcement()) == ()
    assert version.differences(an_announcement(package_name="gcp_provider")) == ("package_name",)


def test_a_failed_version_keeps_the_reason_and_loses_it_when_it_is_tried_again() -> None:
    refusal = WheelRefusedError(WheelProblem.NOT_FOUND, "The host answered 404.")

    failed = a_building_version().fail(refusal, at=_LATER)
    again = failed.rebuild(an_announcement(changelog="x"), runtime_version="3.0.0", registered_by="mch_2", at=_LATER)

    assert (failed.error_code, failed.error_message) == ("wheel_not_found", "The host answered 404.")
    assert (again.error_code, again.error_message) == (None, None)
    assert (again.runtime_version, again.registered_by, again.announcement.changelog) == ("3.0.0", "mch_2", "x")
    assert (again.created_at, again.updated_at) == (NOW, _LATER)


def test_a_restored_version_keeps_the_time_of_its_first_publish() -> None:
    restored = a_version().yank("Broken.", at=_LATER).restore(at=_LATER)

    assert (restored.published_at, restored.updated_at) == (NOW, _LATER)


@pytest.mark.parametrize("status", VersionStatus)
def test_only_published_and_yanked_versions_are_public(status: VersionStatus) -> None:
    assert status.is_public is (status in {"published", "yanked"})


@pytest.mark.parametrize("reason", ["x", "x" * 2000, "Deletes buckets.\r\nReally.\n", "Löscht €\U0001f600"])
def test_a_reason_is_kept_as_it_was_said(reason: str) -> None:
    assert validate_yank_reason(reason) == reason
    assert a_version().yank(reason, at=NOW).yanked_reason == reason


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "x" * 2001, "a\x00b", "a\x1b[2J", "a\x7f", "a\ud800"])
def test_no_version_is_yanked_for_a_reason_that_says_nothing_or_deceives(reason: str) -> None:
    with pytest.raises(InvalidTextError):
        validate_yank_reason(reason)
    with pytest.raises(InvalidTextError):
        a_version().yank(reason, at=NOW)
