"""Choosing the form of an answer."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from domain.errors import RegistryError


class NotAcceptableError(RegistryError):
    """The client takes none of the forms that there are."""

    code = "not_acceptable"


def negotiated(request: Request[Any, Any, Any], offered: Mapping[str, str]) -> str:
    """Return the form for the media type that the client likes best; the first offered, if it takes anything.

    Raises:
        NotAcceptableError: It takes none.
    """
    wanted = request.accept.best_match(list(offered))
    if wanted is None:
        raise NotAcceptableError(f"send an Accept header with one of {', '.join(offered)}")
    return offered[wanted]
