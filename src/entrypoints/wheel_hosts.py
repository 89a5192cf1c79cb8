"""Checks how wheel hosts are reached. A part of the composition root that imports adapters as needed."""

from collections.abc import Iterator
from pathlib import Path

from entrypoints.secret import Secret


def credentials_problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file of credentials, without repeating any of it."""
    from adapters.https.credentials_document import InvalidCredentialsError  # noqa: PLC0415 -- only if there is a file
    from adapters.https.credentials_file import read_credentials  # noqa: PLC0415

    try:
        read_credentials(path)
    except InvalidCredentialsError as error:
        yield str(error)


def is_proxy_url(url: Secret) -> bool:
    from adapters.https.egress_proxy import EgressProxy  # noqa: PLC0415 -- only if there is a proxy

    try:
        EgressProxy.parse(url.reveal())
    except ValueError:
        return False
    return True
