"""The work that the settings ask for."""

import asyncio
from contextlib import AbstractAsyncContextManager
from functools import partial

from domain.tasks import TaskKind
from entrypoints.settings import NO_TASKS, TaskSettings
from entrypoints.telemetry import TaskObserver
from entrypoints.use_cases import UseCases
from entrypoints.work.loop import LoopOptions
from entrypoints.work.registrations import registration_work
from entrypoints.work.running import running


def run_work(
    use_cases: UseCases, settings: TaskSettings, observer: TaskObserver, *, stop: asyncio.Event | None = None
) -> AbstractAsyncContextManager[asyncio.Event]:
    """Return a context in which the loops of the settings run; queues are measured even if there are none."""
    works = {"registrations": registration_work(use_cases.tasks, use_cases.build_version)}
    wanted = [works[kind] for kind in settings.kinds if kind != NO_TASKS]
    options = LoopOptions(
        concurrency=settings.concurrency, lease_seconds=settings.lease_seconds, grace_seconds=settings.grace_seconds
    )
    measures = {kind.value: partial(use_cases.tasks.measure, kind) for kind in TaskKind}
    return running(wanted, options, observer, measures, stop)
