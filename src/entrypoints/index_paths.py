"""Paths of the package indexes."""

from domain.names import PLATFORM


def index_path(prefix: str) -> str:
    """Return the path of the package index that lists a namespace's wheels.

    The tilde keeps namespaces apart from projects: no distribution name has one, and URLs never encode it (RFC 3986,
    section 2.3).
    """
    return "/simple/" if prefix == PLATFORM else f"/simple/~{prefix}/"


FILES_PATH = "/files"
"""Where the mirror's files are."""
