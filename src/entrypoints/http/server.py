"""Serving the application with granian: the process that starts and replaces worker processes.

It does not import the application, unless several workers are to share its memory.
"""

import gc
from importlib import import_module
from typing import Any

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from entrypoints.http.file_descriptors import allow_connections
from entrypoints.listen import address_of
from entrypoints.logging import configure_logging
from entrypoints.settings import ServerSettings, Settings

_APPLICATION = "entrypoints.http.worker:application"

# granian's own records go where all others go.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"handlers": [], "level": "INFO", "propagate": True}},
}

_HEAD_BYTES = 128 * 1024
"""Read of one connection before its request's head is complete, and of a body at a time."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight are finished first."""
    configure_logging(settings.log.level, settings.log.format)
    wanted = settings.server.max_connections
    connections = allow_connections(wanted)
    if connections < wanted:
        structlog.get_logger().warning("connections_limited", wanted=wanted, allowed=connections)
    gc.disable()  # workers are forked from this process, which only waits: what they import stays, so is no garbage
    if settings.server.workers > 1:
        import_module(_APPLICATION.partition(":")[0])  # workers are forked
    Server(
        _APPLICATION,
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
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
    ).serve()


def http1_settings(settings: ServerSettings) -> HTTP1Settings:
    """Return when granian closes a connection: hyper's one timer runs while it waits for a request and its head."""
    return HTTP1Settings(header_read_timeout=settings.keep_alive_seconds * 1000, max_buffer_size=_HEAD_BYTES)
