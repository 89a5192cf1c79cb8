"""Why a token is rejected, for the log."""

from enum import StrEnum

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
