"""Inspecting a machine token offline."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.clerk.jwt import MACHINE_CATEGORY, MAX_TOKEN_LENGTH, Claims, UnverifiedHeader, check_issue, is_compact_jws
from adapters.clerk.machine_tokens import OPAQUE_PREFIX, check_audience, machine_from_claims
from adapters.clerk.realms import ClerkRealm
from adapters.clerk.token_checks import RejectionReason, decode_base64url, decode_object
from application.errors import NotAuthenticatedError
from application.ports.clock import Clock
from domain.errors import MachineNotAllowedError
from domain.registrants import ReleaseAllowList


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInspection:
    """The parts of a token, without its text. None of them is verified.

    Attributes:
        kind: ``signed``, ``opaque`` or ``unknown``.
        header: Of a signed token, as far as it can be decoded.
        claims: Of a signed token, as far as they can be decoded.
        failed_check: The first check that the token would not pass, or None if it passes all that work offline.
        unchecked: The checks that need the authority.
    """

    kind: str
    header: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    failed_check: str | None = None
    unchecked: tuple[str, ...] = ()


class ClerkTokenInspector:
    """Says which of the verifier's checks a token would fail, without verifying its signature."""

    def __init__(self, realm: ClerkRealm, allow_list: ReleaseAllowList, clock: Clock) -> None:
        self._realm = realm
        self._allow_list = allow_list
        self._clock = clock

    def inspect(self, token: str) -> TokenInspection:
        """Return the parts of a token, and the first check that it fails."""
        if len(token) > MAX_TOKEN_LENGTH:
            return TokenInspection(kind="unknown", failed_check=RejectionReason.TOO_LONG.value)
        if token.startswith(OPAQUE_PREFIX):
            return TokenInspection(kind="opaque", unchecked=("everything: only Clerk knows what it stands for",))
        if not is_compact_jws(token):
            return TokenInspection(kind="unknown", failed_check=RejectionReason.UNKNOWN_SHAPE.value)
        header, payload, _ = token.split(".")
        return TokenInspection(
            kind="signed",
            header=_readable(header),
            claims=_readable(payload),
            failed_check=self._failed_check(header, payload),
            unchecked=("whether the realm publishes the key", "the signature"),
        )

    def _failed_check(self, header: str, payload: str) -> str | None:
        try:
            UnverifiedHeader.read(
                header, category=MACHINE_CATEGORY, allow_missing_category=self._realm.allow_missing_category
            )
            claims = Claims(_decoded(payload))
            check_issue(claims, self._realm, now=self._clock.now().timestamp())
            machine = machine_from_claims(claims)
            check_audience(claims, self._realm.machine_id)
            self._allow_list.admit(machine)
        except NotAuthenticatedError as error:
            return error.reason
        except MachineNotAllowedError as error:
            return error.detail
        return None


def _decoded(segment: str) -> Mapping[str, object]:
    try:
        return decode_object(decode_base64url(segment))
    except ValueError:
        raise NotAuthenticatedError(RejectionReason.MALFORMED_CLAIMS.value) from None


def _readable(segment: str) -> Mapping[str, object]:
    try:
        return _decoded(segment)
    except NotAuthenticatedError:
        return {}
