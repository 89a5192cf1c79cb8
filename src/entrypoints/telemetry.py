"""What watches the registry, as entrypoints see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from litestar.types import ASGIApp

from application.ports.observer import NOBODY, Observer


def _as_it_is(app: ASGIApp) -> ASGIApp:
    return app


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """Who is told, and how what was learned is shown.

    Attributes:
        expose: Renders all metrics, by media type; the first serves clients that take anything. None serves no metrics.
        trace: Puts a span around each request that the application serves.
        close: Sends what was not sent yet; may take some seconds.
    """

    observer: Observer = NOBODY
    expose: Mapping[str, Callable[[], bytes]] | None = None
    trace: Callable[[ASGIApp], ASGIApp] = _as_it_is
    close: Callable[[], None] = _nothing
