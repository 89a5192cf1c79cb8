"""Verifying attestations offline, against trusted roots in files."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.sigstore.bundles import IN_TOTO, as_bundle, entry_of, object_at
from adapters.sigstore.certificates import claims_of
from domain.provenance.attestations import SignedStatement
from domain.provenance.errors import AttestationInvalidError, ProvenanceRefusedError

if TYPE_CHECKING:  # the library binds a socket when it is imported, and takes half a second
    from cryptography.x509 import Certificate
    from sigstore.models import Bundle
    from sigstore.verify import Verifier

_PUBLIC_GOOD = ("_store", "https%3A%2F%2Ftuf-repo-cdn.sigstore.dev", "trusted_root.json")
_SENTENCES = (
    ("inclusion promise", "the log's promise does not verify"),
    ("DSSE: invalid signature", "the signature does not fit the statement"),
    ("log entry", "the log entry does not verify"),
    ("timestamp certificate chain", "its certificate was not issued by a trusted instance, or not for that time"),
    ("certificate", "its certificate does not verify"),
    ("entry", "the log entry is about something else"),
)
"""By what the library says; its own words are for the log."""


class _Unjudged:
    """A policy that every certificate meets: the domain decides on the claims."""

    def verify(self, cert: "Certificate") -> None:
        """Return."""


class SigstoreAttestationVerifier:
    """Verifies attestations; implements ``application.ports.attestation_verifier.AttestationVerifier``.

    It reads trusted roots once, writes nothing and asks no one. An attestation never chooses its root.

    Args:
        trusted_roots: Files of trusted roots, any of which may vouch; the public-good instance's, as it was when the
            library was released, if there are none.

    Raises:
        ValueError: A file is no trusted root that attestations can be verified with.
    """

    def __init__(self, trusted_roots: Sequence[Path] = ()) -> None:
        if trusted_roots:
            self._verifiers = tuple(map(_verifier, trusted_roots))
            return
        with as_file(files("sigstore").joinpath(*_PUBLIC_GOOD)) as embedded:
            self._verifiers = (_verifier(embedded),)

    def verify(self, attestation: bytes) -> SignedStatement:
        """Verify certificate, log entry and signature, and return what they vouch for."""
        bundle = as_bundle(attestation)
        try:
            return self._verify(bundle)
        except ProvenanceRefusedError:
            raise
        except Exception as error:  # noqa: BLE001 -- the library leaves many kinds of its dependencies unwrapped
            raise _unreadable(error) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of its parsers in Rust
                raise
            raise _unreadable(error) from None

    def _verify(self, bundle: Mapping[str, Any]) -> SignedStatement:
        from sigstore.models import Bundle  # noqa: PLC0415 -- as above

        parsed = Bundle.from_json(json.dumps(bundle))
        payload = self._verified(parsed)
        entry = entry_of(bundle)
        promised = bool(entry.get("inclusionPromise"))  # it signs the index and the time beside it
        index = entry if promised else object_at(entry, "inclusionProof")
        return SignedStatement(
            payload=payload,
            claims=claims_of(parsed.signing_certificate),
            log_index=int(index["logIndex"]),
            logged_at=datetime.fromtimestamp(int(entry["integratedTime"]), UTC) if promised else None,
        )

    def _verified(self, bundle: "Bundle") -> bytes:
        problems = []
        for verifier in self._verifiers:
            try:
                kind, payload = verifier.verify_dsse(bundle, _Unjudged())
            except Exception as error:  # noqa: BLE001 -- likewise
                problems.append(error)
                continue
            if kind != IN_TOTO:
                raise AttestationInvalidError("the attestation signs no in-toto statement; send attestations of wheels")
            return payload
        raise problems[-1]


def _verifier(path: Path) -> "Verifier":
    from sigstore.models import TrustedRoot  # noqa: PLC0415 -- as above
    from sigstore.verify import Verifier  # noqa: PLC0415 -- as above

    try:
        return Verifier(trusted_root=TrustedRoot.from_file(str(path)))
    except Exception as error:
        raise ValueError(f"{path} is no trusted root of a Sigstore instance with a transparency log") from error


def _unreadable(error: BaseException) -> AttestationInvalidError:
    said = f"{type(error).__name__}: {error}"[:300]
    sentence = next((ours for theirs, ours in _SENTENCES if theirs in said), "one of its parts cannot be read")
    return AttestationInvalidError(f"the attestation is not valid: {sentence}; send it as it was signed", reason=said)
