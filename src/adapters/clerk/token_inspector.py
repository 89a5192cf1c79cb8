"""Taking a machine token apart without asking Clerk."""

from collections.abc import Mapping

from adapters.clerk.jwt import MACHINE_CATEGORY, Claims, UnverifiedHeader, check_issue
from adapters.clerk.machine_tokens import check_audience, machine_from_claims
from adapters.clerk.realms import ClerkRealm
from adapters.clerk.rejection import RejectionReason
from adapters.clerk.strict_encoding import decode_base64url, decode_object
from adapters.clerk.token_inspection import TokenInspection
from adapters.clerk.token_kinds import MAX_TOKEN_LENGTH, is_compact_jws, is_opaque_machine_token
from application.errors import NotAuthenticatedError
from application.ports.clock import Clock
from domain.errors import MachineNotAllowedError
from domain.registrants import ReleaseAllowList


class ClerkTokenInspector:
    """Says which of the verifier's checks a token would fail, without verifying its signature."""

    def __init__(self, realm: ClerkRealm, allow_list: ReleaseAllowList, clock: Clock) -> None:
        self._realm = realm
        self._allow_list = allow_list
        self._clock = clock

    def inspect(self, token: str) -> TokenInspection:
        """Take a token apart."""
        if len(token) > MAX_TOKEN_LENGTH:
            return TokenInspection(kind="unknown", failed_check=RejectionReason.TOO_LONG.value)
        if is_opaque_machine_token(token):
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
