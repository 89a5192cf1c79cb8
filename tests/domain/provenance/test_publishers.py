"""Which signers a provider's versions may come from."""

from dataclasses import replace
from typing import Any

import pytest

from domain.provenance.claims import SignerClaims
from domain.provenance.errors import InvalidPublisherError, PublisherMismatchError, PublisherUntrustedError
from domain.provenance.publishers import PublisherPolicy

RELEASE = SignerClaims(
    issuer="https://token.example.com",
    identity="https://git.example.com/acme/demo/.github/workflows/release.yml@refs/tags/v1.0.0",
    repository="https://git.example.com/acme/demo",
    repository_id="772247423",
    owner_id="2314423",
    workflow=".github/workflows/release.yml",
    ref="refs/tags/v1.0.0",
    commit="1" * 40,
    runner="github-hosted",
    trigger="release",
)
PINNED = PublisherPolicy.pinned_to(RELEASE)
ELSEWHERE = "https://git.example.com/acme/shared/.github/workflows/publish.yml"

ADMITTED: dict[str, tuple[PublisherPolicy, SignerClaims]] = {
    "the same run": (PINNED, RELEASE),
    "another tag and commit": (PINNED, replace(RELEASE, ref="refs/tags/v2.0.0", commit="2" * 40)),
    "another harmless trigger": (PINNED, replace(RELEASE, trigger="workflow_dispatch")),
    "an environment where none is asked for": (PINNED, replace(RELEASE, environment="staging")),
    "any branch where no ref is asked for": (replace(PINNED, ref_pattern=None), replace(RELEASE, ref="refs/heads/x")),
    "the environment": (replace(PINNED, environment="production"), replace(RELEASE, environment="production")),
    "the reusable workflow": (replace(PINNED, signer=ELSEWHERE), replace(RELEASE, signer=ELSEWHERE)),
    "a self-hosted runner where it may be": (
        replace(PINNED, hosted_runners_only=False),
        replace(RELEASE, runner="self-hosted"),
    ),
    "a pull request where it is named": (
        replace(PINNED, triggers=frozenset({"pull_request"})),
        replace(RELEASE, trigger="pull_request"),
    ),
}

REFUSED: dict[str, tuple[PublisherPolicy, SignerClaims, str]] = {
    "another issuer": (
        PINNED,
        replace(RELEASE, issuer="https://token.example.net"),
        "issued by https://token.example.net",
    ),
    "another repository": (
        PINNED,
        replace(RELEASE, repository="https://git.example.com/acme/other", repository_id="1"),
        "another repository, https://git.example.com/acme/other with id 1",
    ),
    "a reused name": (
        PINNED,
        replace(RELEASE, repository_id="999", owner_id="999"),
        "another repository of the same name",
    ),
    "a transferred repository": (PINNED, replace(RELEASE, owner_id="999"), "the owner with id 999 now"),
    "another workflow": (
        PINNED,
        replace(RELEASE, workflow=".github/workflows/test.yml"),
        "workflow .github/workflows/test.yml",
    ),
    "a reusable workflow that nobody asked for": (
        PINNED,
        replace(RELEASE, signer=ELSEWHERE),
        f"reusable workflow {ELSEWHERE}",
    ),
    "not the reusable workflow": (replace(PINNED, signer=ELSEWHERE), RELEASE, "by the workflow itself"),
    "a branch": (
        PINNED,
        replace(RELEASE, ref="refs/heads/evil"),
        "refs/heads/evil, and the publisher builds from refs/tags/*",
    ),
    "no ref": (PINNED, replace(RELEASE, ref=None), "built from None"),
    "another environment": (
        replace(PINNED, environment="production"),
        replace(RELEASE, environment="staging"),
        "environment staging",
    ),
    "no environment": (replace(PINNED, environment="production"), RELEASE, "no environment"),
    "a self-hosted runner": (PINNED, replace(RELEASE, runner="self-hosted"), "self-hosted runner"),
    "a runner that is not stated": (PINNED, replace(RELEASE, runner=None), "does not say where it was built"),
    "a pull request": (PINNED, replace(RELEASE, trigger="pull_request"), "started by pull_request"),
    "a pull request's target": (
        PINNED,
        replace(RELEASE, trigger="pull_request_target"),
        "started by pull_request_target",
    ),
    "a trigger that is not listed": (
        replace(PINNED, triggers=frozenset({"release"})),
        replace(RELEASE, trigger="schedule"),
        "started by schedule",
    ),
}


@pytest.mark.parametrize("case", ADMITTED)
def test_the_publisher_is_admitted(case: str) -> None:
    policy, claims = ADMITTED[case]

    assert policy.admit(claims) == policy


@pytest.mark.hostile
@pytest.mark.parametrize("case", REFUSED)
def test_another_signer_is_refused_and_the_sentence_names_what_differs(case: str) -> None:
    policy, claims, sentence = REFUSED[case]

    with pytest.raises(PublisherMismatchError) as refusal:
        policy.admit(claims)

    assert sentence in refusal.value.detail
    assert refusal.value.code == "publisher_mismatch"
    assert "ask an operator" in refusal.value.detail


def test_a_renamed_repository_with_the_same_ids_is_admitted_under_its_new_name() -> None:
    renamed = "https://git.example.com/acme/renamed"

    assert PINNED.admit(replace(RELEASE, repository=renamed)) == replace(PINNED, repository=renamed)


@pytest.mark.hostile
def test_a_branch_is_no_pattern() -> None:
    policy = PublisherPolicy.pinned_to(replace(RELEASE, ref="refs/heads/[a-z]*"))

    assert policy.admit(replace(RELEASE, ref="refs/heads/[a-z]*")) == policy
    with pytest.raises(PublisherMismatchError, match="built from refs/heads/evil"):
        policy.admit(replace(RELEASE, ref="refs/heads/evil"))


@pytest.mark.hostile
@pytest.mark.parametrize("changes", [{"workflow": "w" * 513}, {"issuer": "http://token.example.com"}], ids=str)
def test_a_signer_that_cannot_be_kept_is_refused_as_a_publisher(changes: dict[str, Any]) -> None:
    with pytest.raises(PublisherUntrustedError, match="cannot be pinned: the publisher's"):
        PublisherPolicy.pinned_to(replace(RELEASE, **changes))


@pytest.mark.hostile
def test_a_new_name_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(PublisherMismatchError, match="cannot be kept"):
        PINNED.admit(replace(RELEASE, repository="https://git.example.com/" + "a" * 513))


@pytest.mark.parametrize(
    ("ref", "pattern"),
    [("refs/tags/v1.0.0", "refs/tags/*"), ("refs/heads/main", "refs/heads/main"), (None, None)],
)
def test_a_tag_is_pinned_as_all_tags_and_a_branch_as_itself(ref: str | None, pattern: str | None) -> None:
    assert PublisherPolicy.pinned_to(replace(RELEASE, ref=ref)).ref_pattern == pattern


def test_an_issuer_that_does_not_name_the_runner_is_pinned_without_it() -> None:
    silent = replace(RELEASE, runner=None)
    policy = PublisherPolicy.pinned_to(silent)

    assert not policy.hosted_runners_only
    assert policy.admit(silent) == policy


@pytest.mark.hostile
@pytest.mark.parametrize(
    "changes",
    [
        {"runner": "self-hosted"},
        {"trigger": "pull_request"},
        {"trigger": "pull_request_target"},
        {"trigger": "merge_request_event"},
        {"trigger": "issue_comment"},
    ],
    ids=lambda changes: next(iter(changes.values())),
)
def test_a_signer_that_others_could_have_run_is_never_pinned(changes: dict[str, Any]) -> None:
    with pytest.raises(PublisherUntrustedError, match="ask an operator"):
        PublisherPolicy.pinned_to(replace(RELEASE, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://token.example.com"},
        {"issuer": ""},
        {"repository_id": ""},
        {"owner_id": ""},
        {"workflow": " "},
        {"workflow": "a\nb"},
        {"environment": "\u202eevil"},
        {"ref_pattern": "x" * 513},
        {"triggers": frozenset({"release", "\x00"})},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_policy_that_no_certificate_could_meet_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidPublisherError, match="the publisher's"):
        replace(PINNED, **changes)
