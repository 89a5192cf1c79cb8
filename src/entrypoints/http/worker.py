"""The application of one worker process, which ends with the process that started it."""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path

from litestar.types import ASGIApp

from entrypoints.bootstrap import open_registry, open_telemetry
from entrypoints.bootstrap.work import run_work
from entrypoints.environment import load_settings
from entrypoints.http.app import create_app
from entrypoints.http.limits import HttpLimits
from entrypoints.logging import configure_logging
from entrypoints.metrics_directory import SHARED_METRICS
from entrypoints.presenters.catalog import platform_author
from entrypoints.settings import TransparencyLogSettings

_SWITCH_SECONDS = 0.0005
"""How long a thread that computes may keep the event loop from going on: a tenth of Python's default.

The loop waits so long after every system call, of which a registration makes dozens.
"""
_PR_SET_PDEATHSIG = 1  # prctl(2)


_LONGEST_FOLLOW = 55.0
"""Seconds, so that it ends within a minute, which is how long many proxies wait."""


def application() -> ASGIApp:
    """Return the application for the settings in the environment; each worker process calls this."""
    die_with_parent()
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings = load_settings(os.environ)
    configure_logging(settings.log.level, settings.log.format)
    # A pooler in transaction mode does not pass on notifications, so nothing may be cached.
    read_cache_bytes = settings.server.read_cache_bytes if settings.database.prepared_statements else 0
    limits = HttpLimits(
        body_bytes=settings.server.max_body_bytes,
        in_flight=settings.server.max_in_flight,
        read_cache_bytes=read_cache_bytes,
        # A server that stops waits for its clients, and has no means to tell them.
        follow_seconds=min(_LONGEST_FOLLOW, settings.server.shutdown_grace_seconds / 2),
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
        mirror=settings.mirror.mode != "off",
        transparency_log=settings.transparency_log != TransparencyLogSettings(),
        work=lambda opened: run_work(opened, settings.tasks, settings.checks, telemetry.tasks),
        provenance=settings.provenance.mode != "off",
    )
    gc.freeze()  # what was imported stays: a full collection that looks through it stops the event loop for 0.5 s
    gc.enable()  # see ``server``
    return app


def die_with_parent() -> None:
    """Have the kernel end this process when its parent dies, even of SIGKILL. Does nothing but on Linux.

    A worker left alone would hold its port and its database connections for ever.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
