"""Attestations as they were sent."""

from collections.abc import Sequence

from domain.provenance.errors import InvalidAttestationsError

MAX_ATTESTATIONS = 8
"""In one request."""

MAX_ATTESTATION_BYTES = 64 * 1024
MAX_KEPT = 32
"""Of one version."""


def validate_attestations(sent: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return attestations without repetitions; each is a JSON object in UTF-8.

    Raises:
        InvalidAttestationsError: There are more than 8, or one has more than 64 KiB or is no object.
    """
    if len(sent) > MAX_ATTESTATIONS:
        raise InvalidAttestationsError(
            f"send at most {MAX_ATTESTATIONS} attestations at once, not {len(sent)}; "
            "later ones can be added to the version"
        )
    for number, each in enumerate(sent, start=1):
        if len(each) > MAX_ATTESTATION_BYTES:
            raise InvalidAttestationsError(
                f"attestation {number} has {len(each)} bytes; send one of at most {MAX_ATTESTATION_BYTES} bytes"
            )
        if not each.startswith(b"{"):
            raise InvalidAttestationsError(
                f"attestation {number} is no JSON object; send PEP 740 attestation objects or Sigstore bundles"
            )
    return tuple(dict.fromkeys(sent))
