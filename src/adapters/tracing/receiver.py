"""Connections to a receiver of spans."""

import ssl
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.util import create_urllib3_context


def new_session() -> Session:
    """Return a session that trusts the certificates it is given on every Python version alike."""
    session = Session()
    session.mount("https://", _Tls())
    return session


class _Tls(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        context = create_urllib3_context()
        # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
        context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
        super().init_poolmanager(*arguments, ssl_context=context, **options)
