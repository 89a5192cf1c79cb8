"""Serving the application with granian."""

import gc
import os
import sys
from pathlib import Path
from typing import Any

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server
from litestar.types import ASGIApp

from entrypoints.bootstrap import open_registry, open_telemetry
from entrypoints.environment import load_settings
from entrypoints.http.app import create_app
from entrypoints.http.file_descriptors import allow_connections
from entrypoints.http.parent_death import die_with_parent
from entrypoints.http.requests.service import HttpLimits
from entrypoints.listen import address_of
from entrypoints.logging import configure_logging
from entrypoints.metrics_directory import SHARED_METRICS
from entrypoints.presenters.catalog import platform_author
from entrypoints.settings import ServerSettings, Settings

# granian's own records go where all others go.
_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"handlers": [], "level": "INFO", "propagate": True}},
}

_HEAD_BYTES = 128 * 1024
"""Read of one connection before its request's head is complete, and of a body at a time."""

_SWITCH_SECONDS = 0.0005
"""How long a thread that computes may keep the event loop from going on: a tenth of Python's default.

The loop waits so long after every system call, of which a registration makes dozens.
"""


def application() -> ASGIApp:
    """Return the application for the settings in the environment; each worker process calls this."""
    die_with_parent()
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings = load_settings(os.environ)
    configure_logging(settings.log.level, settings.log.format)
    # Behind a pooler in transaction mode nobody can listen for changes, so nothing may be kept.
    read_cache_bytes = settings.server.read_cache_bytes if settings.database.prepared_statements else 0
    limits = HttpLimits(
        body_bytes=settings.server.max_body_bytes,
        in_flight=settings.server.max_in_flight,
        read_cache_bytes=read_cache_bytes,
    )
    shared = os.environ.get(SHARED_METRICS)
    telemetry = open_telemetry(settings.tracing, shared_metrics=Path(shared) if shared else None)
    app = create_app(
        lambda: open_registry(settings, telemetry.instrumentation),
        limits=limits,
        customer_realm=settings.customer is not None,
        telemetry=telemetry,
        public_url=settings.server.public_url,
        platform=platform_author(settings.server),
        allowed_origins=settings.server.cors_allowed_origins,
    )
    gc.freeze()  # what was imported stays: a full collection that looks through it stops the event loop for 0.5 s
    return app


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight are finished first."""
    configure_logging(settings.log.level, settings.log.format)
    wanted = settings.server.max_connections
    connections = allow_connections(wanted)
    if connections < wanted:
        structlog.get_logger().warning("connections_limited", wanted=wanted, allowed=connections)
    Server(
        "entrypoints.http.server:application",
        factory=True,
        address=address_of(settings.server.host),
        port=settings.server.port,
        interface=Interfaces.ASGI,
        # Not "auto": that waits without a limit for the first bytes, by which it tells HTTP/1.1 from HTTP/2.
        http=HTTPModes.http1,
        backpressure=connections,  # each connection counts from its acceptance to its end, with a request or without
        workers=settings.server.workers,
        http1_settings=http1_settings(settings.server),
        workers_kill_timeout=settings.server.shutdown_grace_seconds,
        websockets=False,
        log_dictconfig=_LOGGING,
        respawn_failed_workers=True,
    ).serve()


def http1_settings(settings: ServerSettings) -> HTTP1Settings:
    """Return when granian closes a connection: hyper's one timer runs while it waits for a request and its head."""
    return HTTP1Settings(header_read_timeout=settings.keep_alive_seconds * 1000, max_buffer_size=_HEAD_BYTES)
