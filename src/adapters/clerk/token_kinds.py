"""Telling kinds of tokens apart by prefix and shape. A shape proves nothing; it only chooses who looks closer."""

MAX_TOKEN_LENGTH = 16_384
_OPAQUE_MACHINE_PREFIX = "mt_"
_API_KEY_PREFIX = "ak_"


def is_opaque_machine_token(token: str) -> bool:
    """Return whether the token looks like Clerk's opaque machine token."""
    return token.startswith(_OPAQUE_MACHINE_PREFIX)


def is_api_key(token: str) -> bool:
    """Return whether the token looks like an API key; a machine's secret looks the same."""
    return token.startswith(_API_KEY_PREFIX)


def is_compact_jws(token: str) -> bool:
    """Return whether the token has the three segments of a signed JWT; an encrypted one has five."""
    return token.count(".") == 2
