"""The claims of Fulcio's certificates, as plain values.

Source: Fulcio, "Sigstore OID information": extensions ``1.3.6.1.4.1.57264.1.8`` and above are DER UTF8Strings.
"""

import re
from collections.abc import Mapping

from cryptography import x509
from pyasn1.codec.der.decoder import decode
from pyasn1.type.char import UTF8String

from domain import texts
from domain.errors import InvalidTextError
from domain.provenance.claims import SignerClaims
from domain.provenance.errors import AttestationInvalidError

_ARC = "1.3.6.1.4.1.57264.1."
_LONGEST = 2048
_EXTENSIONS = {
    "issuer": 8,
    "signer": 9,
    "runner": 11,
    "repository": 12,
    "commit": 13,
    "ref": 14,
    "repository id": 15,
    "owner id": 17,
    "workflow": 18,
    "trigger": 20,
    "run": 21,
    "visibility": 22,
    "environment": 23,
}
_CIRCLECI = "https://oidc.circleci.com"
_PIPELINE = re.compile(
    r"https://circleci\.com/api/v2/projects/(?P<project>[0-9a-f-]{36})/(?P<definition>pipeline-definitions/[0-9a-f-]{36})"
)
_WITH_REF = re.compile(r"(.+?)@(?:refs/.+|[0-9a-f]{40}(?:[0-9a-f]{24})?)")


def claims_of(certificate: x509.Certificate) -> SignerClaims:
    """Return what a certificate says of the run that it was issued to.

    Raises:
        AttestationInvalidError: It was not issued to a workflow, or does not say of which repository.
    """
    found = {name: value for name, number in _EXTENSIONS.items() if (value := _text(certificate, number))}
    if not all(found.get(name, "").isascii() for name in ("issuer", "repository")):
        raise AttestationInvalidError(
            "the attestation's certificate names a repository or an issuer by what is no URL; sign anew"
        )
    identity = _identity(certificate)
    if found.get("issuer") == _CIRCLECI:
        return _pipeline(found, identity)
    return _workflow_run(found, identity)


def _workflow_run(found: Mapping[str, str], identity: str) -> SignerClaims:
    repository, ref = _stated(found, "repository"), _stated(found, "ref")
    config, signer = _stated(found, "workflow"), _stated(found, "signer")
    workflow = _without_ref(config, ref)
    return SignerClaims(
        issuer=_stated(found, "issuer"),
        identity=identity,
        repository=repository,
        repository_id=_stated(found, "repository id"),
        owner_id=_stated(found, "owner id"),
        workflow=workflow.removeprefix(repository).lstrip("/") if workflow.startswith(f"{repository}/") else workflow,
        signer=None if signer == config else _without_ref(signer),
        ref=ref,
        commit=_stated(found, "commit"),
        runner=found.get("runner"),
        trigger=found.get("trigger"),
        environment=found.get("environment"),
        run=found.get("run"),
        visibility=found.get("visibility"),
    )


def _pipeline(found: Mapping[str, str], identity: str) -> SignerClaims:
    """Return the claims of a CircleCI job, whose certificates name a project instead of ids, and no commit."""
    pipeline = _PIPELINE.fullmatch(_stated(found, "signer"))
    if pipeline is None:
        raise _silent("pipeline")
    repository = _stated(found, "repository")
    return SignerClaims(
        issuer=_CIRCLECI,
        identity=identity,
        repository=repository if repository.startswith("https://") else f"https://{repository}",
        repository_id=pipeline["project"],
        workflow=pipeline["definition"],
        ref=_stated(found, "ref"),
        run=found.get("run"),
    )


def _stated(found: Mapping[str, str], name: str) -> str:
    value = found.get(name)
    if value is None:
        raise _silent(name)
    return value


def _silent(name: str) -> AttestationInvalidError:
    return AttestationInvalidError(
        f"the attestation's certificate does not name the {name}; sign in a workflow of GitHub, GitLab or CircleCI, "
        "with a current release of your tool"
    )


def _without_ref(uri: str, ref: str | None = None) -> str:
    """Return a workflow's URI without the ref or commit at its end. The very ref is removed where it is known."""
    if ref is not None and uri.endswith(f"@{ref}"):
        return uri.removesuffix(f"@{ref}")
    found = _WITH_REF.fullmatch(uri)
    return uri if found is None else found[1]


def _text(certificate: x509.Certificate, number: int) -> str | None:
    """Return an extension's text; None if there is none, or it is empty (CircleCI writes a pair of quotes)."""
    try:
        extension = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(f"{_ARC}{number}"))
    except x509.ExtensionNotFound:
        return None
    raw = extension.value
    if not isinstance(raw, x509.UnrecognizedExtension):
        raise AttestationInvalidError("the attestation's certificate holds a claim of another kind; sign anew")
    value, rest = decode(raw.value, asn1Spec=UTF8String())
    if rest:
        raise AttestationInvalidError("the attestation's certificate holds a claim with something after it; sign anew")
    return _line(str(value)) if str(value) not in {"", '""'} else None


def _identity(certificate: x509.Certificate) -> str:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if len(names) != 1:
        raise AttestationInvalidError("the attestation's certificate has not exactly one subject; sign anew")
    if not isinstance(names[0], x509.UniformResourceIdentifier):
        raise AttestationInvalidError(
            "the attestation was signed by a person or a service account; sign in the workflow that builds the wheel"
        )
    return _line(names[0].value)


def _line(value: str) -> str:
    try:
        is_shown = texts.validate_line(value, max_length=_LONGEST).isprintable()
    except InvalidTextError:
        is_shown = False
    if not is_shown:
        raise AttestationInvalidError(
            "the attestation's certificate holds a claim with control or invisible characters, or a very long one; "
            "name workflow, branch and environment otherwise, and sign anew"
        )
    return value
