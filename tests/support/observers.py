"""Observers of every kind, told of everything once."""

from typing import Protocol

from prometheus_client import CollectorRegistry

from adapters.instrumentation import Stage
from adapters.prometheus.observer import PrometheusObserver
from entrypoints.bootstrap.telemetry import Instrumentation
from entrypoints.telemetry import HttpObserver, Outcome, TaskOutcome


class Observer(HttpObserver, Instrumentation, Protocol):
    """Every hook there is."""


def tell_everything(observer: Observer) -> None:
    with observer.registering("console"):
        for stage in Stage:
            with observer.stage(stage):
                pass
        with observer.authority_call("jwks"):
            pass
        observer.fetched("wheels.example.com", 1000)
        observer.registered("console", Outcome.CREATED, "", 0.5)
    observer.answered("POST", "/console/provider-versions", 201, 0.5)
    with observer.mirror_operation("put"):
        pass
    observer.file_served("wheel", 1000)
    observer.file_corrupt("wheel")
    observer.verification_declined("budget_spent")
    observer.pool_opened(10)
    observer.connections_in_use(1)


def a_told_registry() -> CollectorRegistry:
    """A Prometheus registry in which every metric has a sample."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    tell_everything(observer)
    observer.claimed("registration", 1)
    observer.task_ended("registration", TaskOutcome.DONE, 1, 0.5)
    observer.queue_measured("registration", 1, 0.5)
    observer.availability_measured("drifted", 1)
    observer.verdict_changed("drifted")
    observer.webhook_attempted(is_accepted=True)
    observer.log_appended(1)
    observer.log_append_failed("log_would_fork")
    observer.witness_asked("cosigned")
    return registry
