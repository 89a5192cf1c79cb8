"""Whom to trust."""

import ssl
from pathlib import Path

import httpcore


def trust(ca_bundle: Path | None = None) -> ssl.SSLContext:
    """Return a TLS configuration that checks certificates and names.

    It trusts the system's authorities and the bundled public ones, or those of a PEM file instead of them.

    Raises:
        OSError: The file cannot be read, or holds no certificate (``ssl.SSLError`` is an ``OSError``).
    """
    return httpcore.default_ssl_context() if ca_bundle is None else ssl.create_default_context(cafile=ca_bundle)
