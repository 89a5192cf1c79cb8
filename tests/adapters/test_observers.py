"""What every observer promises: nothing that is watched suffers from it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry

from adapters.instrumentation import Stage
from adapters.logs import LoggingObserver
from adapters.memory.observer import InMemoryObserver
from adapters.prometheus.observer import PrometheusObserver
from adapters.tracing.observer import TracingObserver
from entrypoints.bootstrap.telemetry import CompositeObserver
from entrypoints.telemetry import Outcome
from tests.support.observers import Observer, tell_everything


def a_tracing_observer() -> TracingObserver:
    return TracingObserver(TracerProvider(shutdown_on_exit=False).get_tracer("tests"))


MAKERS: dict[str, Callable[[], Observer]] = {
    "memory": InMemoryObserver,
    "composite": lambda: CompositeObserver(
        requests=[metrics := PrometheusObserver(CollectorRegistry()), InMemoryObserver()],
        registrations=[metrics, LoggingObserver(), spans := a_tracing_observer(), InMemoryObserver()],
        authorities=[metrics, spans, InMemoryObserver()],
        pools=[metrics, InMemoryObserver()],
    ),
    "prometheus": lambda: PrometheusObserver(CollectorRegistry()),
    "nobody": CompositeObserver,
}
CONTEXTS: dict[str, Callable[[Observer], AbstractContextManager[None]]] = {
    "registering": lambda observer: observer.registering("console"),
    "stage": lambda observer: observer.stage(Stage.FETCH),
    "authority_call": lambda observer: observer.authority_call("jwks"),
}


@pytest.fixture(params=MAKERS)
def observer(request: pytest.FixtureRequest) -> Observer:
    return MAKERS[request.param]()


def test_everything_may_be_told_in_any_order_and_twice(observer: Observer) -> None:
    observer.registered("customer", Outcome.ERROR, "internal_error", 0.0)
    tell_everything(observer)
    tell_everything(observer)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("error", [KeyError("x"), asyncio.CancelledError(), KeyboardInterrupt()], ids=repr)
def test_what_a_covered_block_raises_passes_through(observer: Observer, context: str, error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, CONTEXTS[context](observer):
        raise error

    assert raised.value is error


@pytest.mark.parametrize("method", ["GET", "BREW", 'x"\n\\'])
def test_whatever_a_caller_sends_as_method_is_taken(observer: Observer, method: str) -> None:
    observer.answered(method, "none", 405, 0.0)


async def test_attempts_at_once_do_not_disturb_each_other(observer: Observer) -> None:
    async def attempt() -> None:
        with observer.registering("console"), observer.stage(Stage.LOAD):
            await asyncio.sleep(0)

    await asyncio.gather(*(attempt() for _ in range(10)))
