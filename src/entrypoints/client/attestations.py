"""Attestations of a release: those that lie beside its wheel, or those that the package index names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from domain.errors import InvalidValueError
from domain.provenance.errors import InvalidAttestationsError
from domain.provenance.sent import MAX_ATTESTATION_BYTES, MAX_KEPT, validate_attestations
from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.index import IndexedWheel, PackageIndex
from entrypoints.client.retrying_client import RetryingClient

_SUFFIX = ".attestation"
_LONGEST_FILE = (MAX_KEPT + 1) * MAX_ATTESTATION_BYTES
_MEDIA_TYPE = "application/vnd.pypi.integrity.v1+json"
_LEAVE_OUT = "or leave attestations out with --no-attestations"


class _Bundle(msgspec.Struct):
    attestations: list[msgspec.Raw]


class _Provenance(msgspec.Struct):
    attestation_bundles: list[_Bundle]


def attestations_beside(wheel_url: str, project: Path) -> Sequence[bytes]:
    """Return the attestations in ``dist`` that are named after the wheel, such as ``….whl.publish.attestation``.

    Raises:
        UnusableError: One cannot be read or is none, or there are too many.
    """
    filename = Path(unquote(urlsplit(wheel_url).path)).name
    dist = project / "dist"
    try:
        beside = [path for path in dist.iterdir() if _is_of(path.name, filename)] if dist.is_dir() else []
    except OSError as error:
        raise UnusableError(f"cannot read {dist}: {error.strerror}") from None
    return _validated([_read_object(path) for path in sorted(beside)], str(dist))


def attestations_named(index: PackageIndex, client: RetryingClient, wheel: IndexedWheel) -> Sequence[bytes]:
    """Return the attestations that the index names beside the wheel; none if it names none.

    Raises:
        RefusedError: They cannot be read there.
        OutOfReachError: The index did not answer.
        UnusableError: There are more than can be sent.
    """
    if wheel.provenance is None:
        return ()
    response = client.get(
        "the package index", wheel.provenance, accept=f"{_MEDIA_TYPE}, application/json", auth=index.auth_for(wheel)
    )
    found = provenance_attestations(response.content) if response.status_code == httpx.codes.OK else None
    if found is None:
        host = response.url.host
        raise RefusedError(
            f"the package index names attestations of the wheel, and {host} answered {response.status_code} without "
            f"them; run this again when it has them, {_LEAVE_OUT}",
            code="provenance_unreadable",
            status=response.status_code,
        )
    return _validated(found, response.url.host)


def read_attestations(path: Path) -> Sequence[bytes]:
    """Return the attestations of a file: a provenance object (PEP 740), an attestation object or a Sigstore bundle.

    Raises:
        InvalidAttestationsError: It has none.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        read = file.read(_LONGEST_FILE)
    found = provenance_attestations(read)
    if found is None:
        found = [read] if _is_object(read) else []
    if not found:
        raise InvalidAttestationsError(
            f"{path} has no attestations; give a provenance object of PEP 740, or one attestation"
        )
    return found


def provenance_attestations(read: bytes) -> list[bytes] | None:
    """Return the attestations of a provenance object as they stand in it, or None if it is none."""
    try:
        bundles = msgspec.json.decode(read, type=_Provenance).attestation_bundles
    except (ValueError, RecursionError):
        return None
    found = [bytes(each) for bundle in bundles for each in bundle.attestations]
    return found if all(map(_is_object, found)) else None


def _is_of(name: str, filename: str) -> bool:
    return name.startswith(f"{filename}.") and name.endswith(_SUFFIX)


def _validated(attestations: Sequence[bytes], where: str) -> Sequence[bytes]:
    try:
        return validate_attestations(attestations)
    except InvalidValueError as error:
        raise UnusableError(f"the wheel's attestations in {where}: {error.detail}; {_LEAVE_OUT}") from None


def _read_object(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            read = file.read(MAX_ATTESTATION_BYTES + 1).strip()
    except OSError as error:
        raise UnusableError(f"cannot read {path}: {error.strerror}") from None
    if len(read) <= MAX_ATTESTATION_BYTES and not _is_object(read):
        raise UnusableError(f"{path} is no JSON object; attest the wheel again, {_LEAVE_OUT}")
    return read


def _is_object(read: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(read, type=dict[str, Any]), dict)
    except (ValueError, RecursionError):
        return False
