"""Checks of what a token holds, and the reasons for which it is rejected."""

import base64
import json
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NoReturn

from application.errors import NotAuthenticatedError


class RejectionReason(StrEnum):
    """The check that failed. The values are stable: operators search logs for them."""

    TOO_LONG = "token too long"
    UNKNOWN_SHAPE = "unknown token shape"

    # opaque tokens and API keys
    NOT_TEXT = "token is not text"
    UNKNOWN_TOKEN = "unknown token"  # noqa: S105 - a reason, no secret
    MALFORMED_TOKEN = "malformed token"  # noqa: S105 - a reason, no secret
    REVOKED = "revoked"
    FLAGGED_EXPIRED = "flagged as expired"

    WRONG_KEY_SUBJECT = "subject is no organisation"
    WRONG_API_KEY_ID = "wrong id of an API key"
    UNKNOWN_ORGANIZATION = "unknown organisation"

    # a JWT's header and signature
    MALFORMED_HEADER = "malformed header"
    WRONG_ALGORITHM = "wrong algorithm"
    WRONG_TYPE = "wrong type"
    CRITICAL_EXTENSION = "critical extension"
    BRINGS_ITS_KEY = "brings its own key"
    WRONG_CATEGORY = "wrong category"
    MISSING_CATEGORY = "missing category"
    WRONG_KEY_ID = "wrong key id"
    UNKNOWN_KEY = "unknown key"
    BAD_SIGNATURE = "bad signature"

    # what a verified token says
    MALFORMED_CLAIMS = "malformed claims"
    WRONG_ISSUER = "wrong issuer"
    WRONG_SUBJECT = "subject is no machine"
    WRONG_TOKEN_ID = "wrong token id"  # noqa: S105 - a reason, no secret
    WRONG_EXPIRY = "wrong expiry"
    WRONG_ISSUE_TIME = "wrong issue time"
    WRONG_NOT_BEFORE = "wrong not-before time"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    ISSUED_IN_FUTURE = "issued in the future"
    LIFETIME_TOO_LONG = "lifetime too long"
    NOT_IN_AUDIENCE = "receiver not in audience"
    NOT_IN_SCOPES = "receiver not in scopes"

    # what a verified session token says
    NOT_A_USER = "subject is no user"
    WRONG_SESSION_ID = "wrong session id"
    SESSION_NOT_ACTIVE = "session not active"
    WRONG_PARTY = "wrong authorised party"
    WRONG_VERSION = "wrong version"
    NO_ORGANIZATION = "no active organisation"
    MALFORMED_ORGANIZATION = "malformed organisation"
    ORGANIZATIONS_DISAGREE = "organisations disagree"
    MALFORMED_ACTOR = "malformed actor"


def reject_unless(holds: bool, refusal: RejectionReason) -> None:
    """Return if the check holds.

    Raises:
        NotAuthenticatedError: It does not.
    """
    if not holds:
        raise NotAuthenticatedError(refusal.value)


# Whatever could break a path, a log line or an allow-list has no place in an id.
_REST = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)

MACHINE_ID = "mch_"
ORGANIZATION_ID = "org_"
SESSION_ID = "sess_"
USER_ID = "user_"
ANY_ID = ""
"""Prefixes of ids, by what they are of."""


def is_id(value: object, prefix: str) -> bool:
    """Return whether the value is an id with the prefix."""
    return isinstance(value, str) and value.startswith(prefix) and _REST.fullmatch(value, len(prefix)) is not None


def as_id(value: object, prefix: str, refusal: RejectionReason) -> str:
    """Return a value that is an id with the prefix.

    Raises:
        NotAuthenticatedError: It is something else.
    """
    if isinstance(value, str) and is_id(value, prefix):
        return value
    raise NotAuthenticatedError(refusal.value)


MAX_DEPTH = 32
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def decode_base64url(text: str) -> bytes:
    """Return the bytes that a text without padding stands for (RFC 7515 section 2).

    Raises:
        ValueError: Other characters, padding, or a spelling that is not the canonical one of its bytes.
    """
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The unused low bits of the last character would make several texts of one token.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not canonical base64url")
    return data


def decode_object(data: bytes) -> dict[str, object]:
    """Return the members of a JSON object.

    Raises:
        ValueError: Not UTF-8, not JSON (NaN and Infinity are not), nested deeper than 32 levels, not an object, or
            a name stands twice in any object.
    """
    try:
        value = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - the caller asks whether the data is valid
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _no_constant(constant: str) -> NoReturn:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)


def _check_depth(value: object) -> None:
    """Bound the depth by a number of our own: where the parser gives up differs between Python versions."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError("nested too deep")


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
