"""An observer that makes spans."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_current_span


class TracingObserver:
    """Makes spans of registrations, their stages and calls to the authority, below the request's span.

    Spans name what failed by type, never by its text.
    """

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def registering(self, realm: str) -> Iterator[None]:
        with self._span("register", SpanKind.INTERNAL, {"registry.realm": realm}):
            yield

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:  # noqa: ARG002 -- the span has them
        """Set the outcome on the attempt's span."""
        get_current_span().set_attributes({"registry.outcome": outcome, "registry.code": code})

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        with self._span(stage, SpanKind.INTERNAL, {}):
            yield

    def fetched(self, host: str, size: int) -> None:
        """Note host and size on the span around the fetch."""
        get_current_span().set_attributes({"registry.wheel_host": host, "registry.wheel_bytes": size})

    @contextmanager
    def authority_call(self, operation: str) -> Iterator[None]:
        with self._span(f"clerk {operation}", SpanKind.CLIENT, {}):
            yield

    def verification_declined(self, reason: str) -> None:
        """Leave it to metrics."""

    @contextmanager
    def _span(self, name: str, kind: SpanKind, attributes: dict[str, str]) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise
