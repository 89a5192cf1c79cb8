"""TLS towards wheel hosts."""

import ssl
from pathlib import Path

import certifi


def create_ssl_context(ca_bundle: Path | None = None) -> ssl.SSLContext:
    """Return a client context that checks certificates and names.

    It trusts the system's authorities, certifi's, and those of a PEM file: one registry fetches from private and from
    public hosts.

    Raises:
        OSError: The file cannot be read, or holds no certificate (``ssl.SSLError`` is an ``OSError``).
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    if ca_bundle is not None:
        context.load_verify_locations(ca_bundle)
    return context
