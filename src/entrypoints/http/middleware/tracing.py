"""One span for each request."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bind_contextvars

_INCOMING = TraceContextTextMapPropagator()


class TracingMiddleware:
    """A span around each request, below the caller's if that sent ``traceparent``.

    The trace's id is on every line logged meanwhile.
    """

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        with self._tracer.start_as_current_span(
            scope["method"], _INCOMING.extract(_trace_headers(scope)), SpanKind.SERVER, record_exception=False
        ) as span:
            bind_contextvars(trace_id=format_trace_id(span.get_span_context().trace_id))

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note(span, scope, int(message["status"]))
                await send(message)

            await self._app(scope, receive, send_noted)


def _trace_headers(scope: HTTPScope) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in {b"traceparent", b"tracestate"}
    }


def _note(span: Span, scope: HTTPScope, status: int) -> None:
    route = scope.get("path_template")
    span.set_attributes(
        {
            "http.request.method": scope["method"],
            "http.response.status_code": status,
            "registry.request_id": scope["state"]["request_id"],
        }
    )
    if route:
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.route", route)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
