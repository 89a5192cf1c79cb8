"""A registration as the payload of its task, beside the version that it builds: JSON without secrets.

The announcement is the version's. Of a registrant stands there who it is; what it was allowed by is settled.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from domain.catalog import CatalogMetadata
from domain.compatibility.gate import AcceptedBreak
from domain.customers import Customer
from domain.registrants import ConsoleMachine, Operator, Registrant
from domain.registration import Registration
from domain.versions import ProviderVersion

_CUSTOMER = ("id", "user_id", "organization_id", "organization_slug", "organization_name", "impersonator")


def write_payload(registration: Registration) -> str:
    """Return what a registration adds to its version.

    Raises:
        TypeError: The registrant is of a type that cannot be read back.
    """
    metadata, accepted = registration.metadata, registration.accept_breaking
    return json.dumps(
        {
            "registrant": _write_registrant(registration.registrant),
            "metadata": None if metadata is None else asdict(metadata),
            "metadata_from_wheel": registration.metadata_from_wheel,
            "accept_breaking": None if accepted is None else _write_acceptance(accepted),
            "attestations": [each.decode() for each in registration.attestations],
            "request_id": registration.request_id,
        }
    )


def read_payload(payload: str, version: ProviderVersion) -> Registration:
    """Return the registration of a version that is being built."""
    read: Mapping[str, Any] = json.loads(payload)
    metadata, accepted = read["metadata"], read["accept_breaking"]
    return Registration(
        registrant=_read_registrant(read["registrant"]),
        name=version.name,
        version=version.version,
        announcement=version.announcement,
        metadata=None if metadata is None else CatalogMetadata(**{**metadata, "tags": tuple(metadata["tags"])}),
        metadata_from_wheel=read["metadata_from_wheel"],
        accept_breaking=None if accepted is None else _read_acceptance(accepted),
        attestations=tuple(each.encode() for each in read.get("attestations", ())),  # an older task has none
        request_id=read["request_id"],
    )


def _write_registrant(registrant: Registrant) -> Mapping[str, Any]:
    if isinstance(registrant, Customer):
        return {"kind": "customer", **{field: getattr(registrant, field) for field in _CUSTOMER}}
    if isinstance(registrant, ConsoleMachine):
        return {"kind": "machine", "id": registrant.id}
    if isinstance(registrant, Operator):
        return {"kind": "operator", "id": registrant.id}
    raise TypeError(f"a {type(registrant).__name__} registers at once only")


def _read_registrant(read: Mapping[str, Any]) -> Registrant:
    given = {name: value for name, value in read.items() if name != "kind"}
    if read["kind"] == "customer":
        return Customer(**given)
    return ConsoleMachine(**given) if read["kind"] == "machine" else Operator(**given)


def _write_acceptance(accepted: AcceptedBreak) -> Mapping[str, Any]:
    return {"reason": accepted.reason, "changes": None if accepted.changes is None else sorted(accepted.changes)}


def _read_acceptance(read: Mapping[str, Any]) -> AcceptedBreak:
    changes = read["changes"]
    return AcceptedBreak(read["reason"], None if changes is None else frozenset(changes))
