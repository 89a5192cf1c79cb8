"""``provider-registry work``."""

import asyncio
import os
import signal
from contextlib import AbstractAsyncContextManager, nullcontext

import structlog
import typer

from entrypoints.bootstrap import open_registry, open_telemetry
from entrypoints.bootstrap.work import run_work
from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.cli.listening import require_listenable
from entrypoints.cli.operations import require_database
from entrypoints.environment import SettingsError, load_settings
from entrypoints.logging import configure_logging
from entrypoints.settings import NO_TASKS, WEBHOOKS, Settings, WorkSettings, variable_of
from entrypoints.telemetry import Telemetry
from entrypoints.use_cases import UseCases

app = typer.Typer()


@app.command(epilog="Example: provider-registry work")
def work() -> None:
    """Do what is queued, in a process of its own, until SIGTERM or SIGINT.

    For use beside servers with REGISTRY_TASKS=none, with the settings in the environment. On the signal it claims no
    more, and finishes what it has within the grace. What it cannot finish is left to others, and its attempt is not
    counted.
    """
    settings = load_or_exit(load_settings)
    with exit_on_error(as_json=False):
        if NO_TASKS in settings.tasks.kinds:
            raise SettingsError(["REGISTRY_TASKS: is none; name what this process is to do"])
        if settings.tasks.kinds == (WEBHOOKS,) and settings.webhooks.key_file is None:
            raise SettingsError(["REGISTRY_WEBHOOK_KEY_FILE: is required; without it there are no webhooks to send"])
        require_database(settings.database)
        if settings.work.metrics_port is not None:
            variable = variable_of(WorkSettings, "metrics_port")
            require_listenable(settings.server.host, settings.work.metrics_port, variable=variable)
        configure_logging(settings.log.level, settings.log.format)
        asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    telemetry, stop = open_telemetry(settings.tracing), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log = structlog.get_logger()
    async with open_registry(settings, telemetry.instrumentation) as use_cases:
        async with (
            _serving_health(settings, use_cases, telemetry),
            run_work(use_cases, settings.tasks, settings.checks, telemetry.tasks, stop=stop),
        ):
            log.info("work_started", process=os.getpid(), kinds=list(settings.tasks.kinds))
            await stop.wait()
        log.info("work_ended", process=os.getpid())
    await asyncio.to_thread(telemetry.close)


def _serving_health(settings: Settings, use_cases: UseCases, telemetry: Telemetry) -> AbstractAsyncContextManager[None]:
    if settings.work.metrics_port is None:
        return nullcontext()
    from entrypoints.http.health_server import serving_health  # noqa: PLC0415 -- most processes have no server

    return serving_health(settings.server, settings.work.metrics_port, use_cases, telemetry)
