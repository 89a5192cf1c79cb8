"""The work that the settings ask for."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from typing import Any

from application.scheduling import Shares
from domain.availability import CheckSchedule
from domain.tasks import TaskKind
from entrypoints.settings import WEBHOOKS, CheckSettings, TaskSettings
from entrypoints.telemetry import TaskObserver
from entrypoints.use_cases import UseCases
from entrypoints.work.checks import CHECK, check_work
from entrypoints.work.loop import LoopOptions, Work
from entrypoints.work.registrations import registration_work
from entrypoints.work.running import MeasureDepth, measure_queue, measure_wheels, running
from entrypoints.work.webhooks import WEBHOOK, webhook_work

_LOG = "log"
"""How metrics name what the transparency log has not got yet."""
_WHEELS = "wheels"
"""How log lines name the count of wheels that are amiss."""
_ENROL_SECONDS = 3600.0


def check_schedule(settings: CheckSettings) -> CheckSchedule:
    """Return when wheels are checked."""
    return CheckSchedule(
        look_every=timedelta(seconds=settings.look_seconds),
        verify_every=timedelta(seconds=settings.verify_seconds),
        confirm_after=timedelta(seconds=settings.confirm_seconds),
        retry_after=timedelta(seconds=settings.retry_seconds),
        unreachable_after=timedelta(seconds=settings.unreachable_seconds),
    )


def run_work(
    use_cases: UseCases,
    settings: TaskSettings,
    checks: CheckSettings,
    observer: TaskObserver,
    *,
    stop: asyncio.Event | None = None,
) -> AbstractAsyncContextManager[asyncio.Event]:
    """Return a context in which the loops of the settings run. Queues and wheels are measured even if there are none.

    Without keys for their secrets there are no webhooks.
    """
    shares = Shares.of(settings.concurrency)
    works: dict[str, Work[Any]] = {
        "registrations": registration_work(use_cases.tasks, use_cases.build_version, shares),
        "checks": check_work(
            use_cases.checks,
            use_cases.check_availability,
            observer,
            concurrency=checks.concurrency,
            enrol_seconds=min(_ENROL_SECONDS, checks.look_seconds),
        ),
    }
    webhooks = use_cases.webhooks
    if webhooks is not None:
        works[WEBHOOKS] = webhook_work(webhooks.queue, webhooks.deliver, observer)
    wanted = [works[kind] for kind in settings.kinds if kind in works]
    options = LoopOptions(
        concurrency=settings.concurrency, lease_seconds=settings.lease_seconds, grace_seconds=settings.grace_seconds
    )
    queues: dict[str, MeasureDepth] = {
        **{kind.value: partial(use_cases.tasks.measure, kind) for kind in TaskKind},
        CHECK: use_cases.checks.measure,
        **({} if webhooks is None else {WEBHOOK: webhooks.measure.execute}),
        **({} if use_cases.log is None else {_LOG: use_cases.log.measure.execute}),
    }
    measures = {
        **{kind: measure_queue(kind, measure) for kind, measure in queues.items()},
        _WHEELS: measure_wheels(use_cases.checks),
    }
    return running(wanted, options, observer, measures, stop)
