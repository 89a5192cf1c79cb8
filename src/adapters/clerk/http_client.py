"""The HTTP client that calls Clerk, and what its failures are about."""

import ssl
from collections.abc import Iterator

import certifi
import httpx

from adapters.clerk.realms import ClerkInstance

_MOST_CAUSES = 8
_LONGEST_REASON = 500


def new_http_client(instance: ClerkInstance) -> httpx.AsyncClient:
    """Return a client that uses no proxy and follows no redirects.

    It trusts the system's certificate authorities, which ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` replace as everywhere
    with OpenSSL, and the public ones of certifi.
    """
    timeout = httpx.Timeout(instance.read_timeout, connect=instance.connect_timeout, pool=instance.connect_timeout)
    return httpx.AsyncClient(verify=_tls(instance), trust_env=False, follow_redirects=False, timeout=timeout)


def _tls(instance: ClerkInstance) -> ssl.SSLContext:
    if not any(url.lower().startswith("https:") for url in (instance.issuer, instance.api_url)):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # for loopback: no authorities, which take time to load
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    return context


def reason(error: BaseException) -> str | None:
    """Return what the operating system, the resolver or TLS said, or None if the failure is none of theirs.

    Errors of the HTTP protocol are left out: their messages may repeat header values.
    """
    causes = dict.fromkeys(
        f"{type(cause).__name__}: {cause}".rstrip(": ") for cause in _system_errors(error, _MOST_CAUSES)
    )
    return "; ".join(causes)[:_LONGEST_REASON] or None


def _system_errors(error: BaseException, most: int) -> Iterator[OSError]:
    """Yield the errors that a failure comes from, of those that led to each other only the first to occur."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions[:most]:
            yield from _system_errors(member, most)
    elif cause is not None and most > 0 and (found := list(_system_errors(cause, most - 1))):
        yield from found
    elif isinstance(error, OSError):
        yield error
