"""What a verified certificate says of the workflow run that signed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerClaims:
    """The claims of a certificate whose chain, log entry and signature verified. They do not say who may sign.

    Attributes:
        issuer: URL of the identity provider that vouches for the rest.
        identity: The certificate's subject alternative name.
        repository: URL of the source repository, to be shown; it may be renamed.
        repository_id: The issuer's id of the repository, which is never used again.
        owner_id: The same of its owner; None where the issuer states none.
        workflow: The workflow that ran, as its path in the repository, or as a URL without ref where it is elsewhere.
        signer: The reusable workflow that signed, as a URL without ref; None if it was the workflow itself.
        ref: The branch or tag, such as ``refs/tags/v1.0.0``.
        commit: None where the issuer states none.
        runner: ``self-hosted``, or who hosts the runner; None where the issuer does not say.
        trigger: The event that started the run.
        environment: The deployment environment.
        run: URL of the run.
        visibility: Whether the repository was public.
    """

    issuer: str
    identity: str
    repository: str
    repository_id: str
    workflow: str
    owner_id: str | None = None
    signer: str | None = None
    ref: str | None = None
    commit: str | None = None
    runner: str | None = None
    trigger: str | None = None
    environment: str | None = None
    run: str | None = None
    visibility: str | None = None

    @property
    def built_by(self) -> str:
        """One line for people."""
        commit = "" if self.commit is None else f", commit {self.commit}"
        return f"built by repository {self.repository}{commit}, in workflow {self.workflow}"
