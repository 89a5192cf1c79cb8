"""Connections to a receiver of spans."""

import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Session


def new_session() -> "Session":
    """Return a session that trusts the certificates it is given on every Python version alike."""
    # Not at the top: urllib3 binds a socket when it is imported, to see whether there is IPv6.
    from requests import Session  # noqa: PLC0415
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3.util import create_urllib3_context  # noqa: PLC0415

    class Tls(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's signature
            context = create_urllib3_context()
            # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
            context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
            super().init_poolmanager(*arguments, ssl_context=context, **options)

    session = Session()
    session.mount("https://", Tls())
    return session
