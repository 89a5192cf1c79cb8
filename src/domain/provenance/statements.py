"""Statements of attestations: in-toto statements, version 1, about one wheel.

Source: PEP 740 ("Attestation statements"), in-toto attestation framework v1, SLSA provenance v1.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domain.errors import InvalidDigestError, InvalidWheelFilenameError
from domain.provenance.claims import SignerClaims
from domain.provenance.errors import AttestationInvalidError, AttestationSubjectError
from domain.wheel.file import Sha256Digest, WheelFilename

STATEMENT_V1 = "https://in-toto.io/Statement/v1"
SLSA_V1 = "https://slsa.dev/provenance/v1"
_LONGEST_NAME = 1024
_PUBLISH_V1 = re.compile(r"https://docs\.[a-z0-9.-]{1,253}/attestations/publish/v1")
"""The predicate type of PEP 740, which each index may define under its own documentation."""


def is_publish(predicate_type: str) -> bool:
    """Tell whether a predicate type is that of publish attestations."""
    return _PUBLISH_V1.fullmatch(predicate_type) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement about one wheel."""

    filename: WheelFilename
    sha256: Sha256Digest
    predicate_type: str
    predicate: Mapping[str, Any]

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read a statement strictly.

        Raises:
            AttestationInvalidError: It is no statement of a kind that says who built a wheel.
            AttestationSubjectError: It is not about exactly one wheel.
        """
        statement = _json_object(payload)
        if statement.get("_type") != STATEMENT_V1:
            raise AttestationInvalidError(
                "the attestation holds no in-toto statement of version 1; sign with a current release of your tool"
            )
        kind, predicate = statement.get("predicateType"), statement.get("predicate")
        if not isinstance(kind, str) or not (kind == SLSA_V1 or is_publish(kind)):
            raise AttestationInvalidError(
                "the attestation's predicate type is not known here; send publish attestations of PEP 740 or SLSA "
                "provenance of version 1"
            )
        if is_publish(kind) and predicate not in (None, {}):
            raise AttestationInvalidError(
                "a publish attestation has an empty predicate, and this one has not; sign anew"
            )
        if kind == SLSA_V1 and not isinstance(predicate, dict):
            raise AttestationInvalidError("the attestation's SLSA provenance is no JSON object; sign anew")
        filename, sha256 = _subject(statement.get("subject"))
        return cls(filename=filename, sha256=sha256, predicate_type=kind, predicate=predicate or {})

    def require_about(self, filename: WheelFilename, sha256: Sha256Digest) -> None:
        """Return if the statement is about that wheel; file names are compared as values.

        Raises:
            AttestationSubjectError: It is about another one.
        """
        if self.filename.normalised != filename.normalised:
            raise AttestationSubjectError(
                f"the attestation is about {self.filename}, not about {filename}; send those of this wheel"
            )
        if self.sha256 != sha256:
            raise AttestationSubjectError(
                f"the attestation is about a {filename} with digest {self.sha256}, but the wheel's is {sha256}; "
                "attest the very file that you publish"
            )

    def require_agrees(self, claims: SignerClaims) -> None:
        """Return if what the statement says of the build is what the certificate says. Only SLSA provenance says it.

        Raises:
            AttestationInvalidError: It says something else, or nothing.
        """
        if self.predicate_type != SLSA_V1:
            return
        definition = _member(self.predicate, "buildDefinition")
        workflow = _member(_member(definition, "externalParameters"), "workflow")
        said = {
            "repository": (workflow.get("repository"), claims.repository),
            "ref": (workflow.get("ref"), claims.ref),
            "workflow": (workflow.get("path"), claims.workflow),
        }
        for name, (stated, certified) in said.items():
            if not isinstance(stated, str) or stated != certified:
                raise AttestationInvalidError(
                    f"the attestation's SLSA provenance does not name the {name} that its certificate names; sign anew"
                )
        if claims.commit is not None and claims.commit not in _commits(definition):
            raise AttestationInvalidError(
                "the attestation's SLSA provenance does not name the commit that its certificate names; sign anew"
            )


def _json_object(payload: bytes) -> Mapping[str, Any]:
    try:
        statement = json.loads(payload.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        statement = None
    if not isinstance(statement, dict):
        raise AttestationInvalidError("the attestation's statement is no JSON object with unique members; sign anew")
    return statement


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member is repeated")
    return found


def _subject(subjects: object) -> tuple[WheelFilename, Sha256Digest]:
    if not isinstance(subjects, list) or len(subjects) != 1 or not isinstance(subjects[0], dict):
        raise AttestationSubjectError("an attestation is about exactly one file; make one for each wheel")
    name, digest = subjects[0].get("name"), subjects[0].get("digest")
    sha256 = digest.get("sha256") if isinstance(digest, dict) else None
    if not isinstance(name, str) or not isinstance(sha256, str):
        raise AttestationSubjectError("the attestation's subject has no name or no SHA-256 digest; sign anew")
    try:
        return WheelFilename.parse(name[:_LONGEST_NAME]), Sha256Digest(sha256)
    except InvalidWheelFilenameError:
        raise AttestationSubjectError(
            "the attestation's subject is not the file name of a wheel; attest the wheel by its name, without a path"
        ) from None
    except InvalidDigestError:
        raise AttestationSubjectError(
            "the attestation's digest is not a SHA-256 in lower-case hexadecimal; sign it anew"
        ) from None


def _member(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _commits(definition: Mapping[str, Any]) -> set[str]:
    dependencies = definition.get("resolvedDependencies")
    found = (
        [_member(each, "digest").get("gitCommit") for each in dependencies or () if isinstance(each, dict)]
        if (isinstance(dependencies, list))
        else []
    )
    return {commit for commit in found if isinstance(commit, str)}
