"""The request id, and the path as logs and answers may show it."""

from litestar.types import Scope

STATE_KEY = "request_id"
_MAX_PATH_LENGTH = 500


def request_id(scope: Scope) -> str:
    return str(scope["state"][STATE_KEY])


def printable(path: str) -> str:
    """Return a path that neither fills the log or the answer nor drives the terminal that shows it."""
    if path.isprintable() and len(path) <= _MAX_PATH_LENGTH:
        return path
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path[:_MAX_PATH_LENGTH]
    )
