"""The publisher of a provider: from which workflow its versions may come."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from glob import escape
from typing import Self

from domain import texts
from domain.errors import InvalidTextError
from domain.provenance.claims import SignerClaims
from domain.provenance.errors import InvalidPublisherError, PublisherMismatchError, PublisherUntrustedError

SELF_HOSTED = "self-hosted"
PROPOSED_BY_OTHERS = frozenset(
    {
        "discussion",
        "discussion_comment",
        "external_pull_request_event",
        "fork",
        "issue_comment",
        "issues",
        "merge_request_event",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_target",
        "watch",
    }
)
"""Triggers by which people without write access start a run. They are refused unless a policy names them."""

_TAGS = "refs/tags/"
_LONGEST = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherPolicy:
    """What a certificate must say for a version to be published.

    Attributes:
        issuer: URL of the identity provider.
        repository: Shown, and compared with nothing.
        repository_id: Compared, since a name can be given up and taken by others.
        owner_id: Likewise; None if the issuer states none.
        workflow: As ``SignerClaims.workflow``.
        signer: The reusable workflow that signs, as a URL without ref; None if the workflow itself has to.
        ref_pattern: A shell pattern that the ref matches, such as ``refs/tags/*``; None for any.
        environment: The deployment environment; None for any.
        hosted_runners_only: Whether the issuer has to say that the runner is a hosted one.
        triggers: The events that may start the run; None for any but those of people without write access.

    Raises:
        InvalidPublisherError: A value is empty, too long or holds control characters, or the issuer is no secure URL.
    """

    issuer: str
    repository: str
    repository_id: str
    workflow: str
    owner_id: str | None = None
    signer: str | None = None
    ref_pattern: str | None = None
    environment: str | None = None
    hosted_runners_only: bool = True
    triggers: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Refuse values that no certificate has."""
        values = {
            "issuer": self.issuer,
            "repository": self.repository,
            "repository id": self.repository_id,
            "workflow": self.workflow,
            "owner id": self.owner_id,
            "signer": self.signer,
            "ref pattern": self.ref_pattern,
            "environment": self.environment,
            **{f"trigger {number}": value for number, value in enumerate(sorted(self.triggers or ()), start=1)},
        }
        for name, value in values.items():
            try:
                texts.validate_line(value or "-", max_length=_LONGEST)
            except InvalidTextError as error:
                raise InvalidPublisherError(f"the publisher's {name} {error.detail}") from None
            if value == "":
                raise InvalidPublisherError(f"the publisher's {name} must not be empty; leave it out")
        if not self.issuer.startswith("https://"):
            raise InvalidPublisherError("the publisher's issuer must be an https:// URL, as certificates have it")

    @classmethod
    def pinned_to(cls, claims: SignerClaims) -> Self:
        """Return the policy that holds a provider to the signer of its first attested version.

        A tag stands for all tags, a branch for itself alone.

        Raises:
            PublisherUntrustedError: Such a signer is admitted only where an operator says so.
        """
        _require_hosted(claims, PublisherUntrustedError)
        _require_trigger(claims, None, PublisherUntrustedError)
        try:
            return cls(
                issuer=claims.issuer,
                repository=claims.repository,
                repository_id=claims.repository_id,
                workflow=claims.workflow,
                owner_id=claims.owner_id,
                signer=claims.signer,
                ref_pattern=None if claims.ref is None else _pattern_of(claims.ref),
                environment=claims.environment,
                hosted_runners_only=claims.runner is not None,
            )
        except InvalidPublisherError as error:
            raise PublisherUntrustedError(
                f"the attestation's signer cannot be pinned: {error.detail}; release from a workflow of shorter names, "
                "or ask an operator to set the publisher"
            ) from None

    def admit(self, claims: SignerClaims) -> "PublisherPolicy":
        """Return the policy, with the name that the repository has now, if the signer is this publisher.

        Raises:
            PublisherMismatchError: It is another one.
        """
        self._require_source(claims)
        self._require_workflow(claims)
        self._require_run(claims)
        if claims.repository == self.repository:
            return self
        try:
            return replace(self, repository=claims.repository)
        except InvalidPublisherError as error:
            raise _mismatch(f"the name that the repository has now cannot be kept: {error.detail}") from None

    def _require_source(self, claims: SignerClaims) -> None:
        if claims.issuer != self.issuer:
            raise _mismatch(f"it was issued by {claims.issuer}, and the publisher's issuer is {self.issuer}")
        if claims.repository_id != self.repository_id:
            another = " of the same name" if claims.repository == self.repository else ""
            raise _mismatch(
                f"it comes from another repository{another}, {claims.repository} with id {claims.repository_id}; "
                f"the publisher is {self.repository} with id {self.repository_id}"
            )
        if claims.owner_id != self.owner_id:
            raise _mismatch(
                f"repository {claims.repository} belongs to the owner with id {claims.owner_id} now; "
                f"the publisher's owner has id {self.owner_id}"
            )

    def _require_workflow(self, claims: SignerClaims) -> None:
        if claims.workflow != self.workflow:
            raise _mismatch(f"it comes from workflow {claims.workflow}, and the publisher is {self.workflow}")
        if claims.signer != self.signer:
            raise _mismatch(
                f"it was signed by {_signer(claims.signer)}, and the publisher's versions are signed by "
                f"{_signer(self.signer)}"
            )

    def _require_run(self, claims: SignerClaims) -> None:
        if self.ref_pattern is not None and not fnmatchcase(claims.ref or "", self.ref_pattern):
            raise _mismatch(f"it was built from {claims.ref}, and the publisher builds from {self.ref_pattern}")
        if self.environment is not None and claims.environment != self.environment:
            raise _mismatch(
                f"it was built in {_environment(claims.environment)}, and the publisher builds in "
                f"{_environment(self.environment)}"
            )
        if self.hosted_runners_only:
            if claims.runner is None:
                raise _mismatch("its certificate does not say where it was built, and only hosted runners may build")
            _require_hosted(claims, PublisherMismatchError)
        _require_trigger(claims, self.triggers, PublisherMismatchError)


def _pattern_of(ref: str) -> str:
    return f"{_TAGS}*" if ref.startswith(_TAGS) else escape(ref)


def _mismatch(what: str) -> PublisherMismatchError:
    return PublisherMismatchError(
        f"the attestation is not the publisher's: {what}; release from there, or ask an operator to set the publisher"
    )


def _require_hosted(claims: SignerClaims, refusal: type[PublisherMismatchError | PublisherUntrustedError]) -> None:
    if claims.runner == SELF_HOSTED:
        raise refusal(
            "the attestation is of a build on a self-hosted runner; release from a hosted one, or ask an operator to "
            "set a publisher that may use it"
        )


def _require_trigger(
    claims: SignerClaims,
    triggers: frozenset[str] | None,
    refusal: type[PublisherMismatchError | PublisherUntrustedError],
) -> None:
    refused = claims.trigger in PROPOSED_BY_OTHERS if triggers is None else claims.trigger not in triggers
    if refused:
        raise refusal(
            f"the attestation is of a build that was started by {claims.trigger}, which is no way to release; release "
            "by a tag or by hand, or ask an operator to set a publisher that may do so"
        )


def _signer(signer: str | None) -> str:
    return "the workflow itself" if signer is None else f"the reusable workflow {signer}"


def _environment(environment: str | None) -> str:
    return "no environment" if environment is None else f"environment {environment}"
