"""Choosing the form of an answer."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Request

from domain.errors import RegistryError

_ANYTHING = "*/*"
_WEIGHT = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


class NotAcceptableError(RegistryError):
    """The client takes none of the forms that there are."""

    code = "not_acceptable"


def negotiate(request: Request[Any, Any, Any], offered: Mapping[str, str]) -> str:
    """Return the form for the media type that the client likes best; the first offered, if it takes anything.

    Source: RFC 9110, section 12.5.1. What cannot be read there counts as if it were not there.

    Raises:
        NotAcceptableError: It takes none.
    """
    liked = _weights(request.headers.get("accept") or _ANYTHING)
    ranks = {media_type: _rank(liked, media_type) for media_type in offered}
    best = max(ranks, key=ranks.__getitem__)
    weight, _, _ = ranks[best]
    if not weight:
        raise NotAcceptableError(f"send an Accept header with one of {', '.join(offered)}")
    return offered[best]


def _weights(accepted: str) -> dict[str, tuple[float, int]]:
    """Return for each media range its weight, and a number that is the less the later it comes."""
    weights: dict[str, tuple[float, int]] = {}
    for position, written in enumerate(accepted.split(",")):
        weight = _WEIGHT.search(written)
        media_range = written.partition(";")[0].strip().lower()
        weights.setdefault(media_range, (float(weight[1]) if weight else 1.0, -position))
    return weights


def _rank(liked: Mapping[str, tuple[float, int]], media_type: str) -> tuple[float, int, int]:
    """Return the weight of the most specific range that has the type, how specific that is, and its place."""
    ranges = (_ANYTHING, f"{media_type.partition('/')[0]}/*", media_type)
    for specificity in (2, 1, 0):
        if ranges[specificity] in liked:
            weight, place = liked[ranges[specificity]]
            return weight, specificity, place
    return 0.0, 0, 0
