"""What every observer promises: nothing that is watched suffers from it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry

from adapters.logs.observer import LoggingObserver
from adapters.memory.observer import InMemoryObserver
from adapters.prometheus.observer import PrometheusObserver
from adapters.tracing.observer import TracingObserver
from application.ports.observer import NOBODY, Answer, Attempt, Observer, Observers, Outcome, Stage
from tests.support.observers import tell_everything

MAKERS: dict[str, Callable[[], Observer]] = {
    "memory": InMemoryObserver,
    "prometheus": lambda: PrometheusObserver(CollectorRegistry()),
    "logs": LoggingObserver,
    "tracing": lambda: TracingObserver(TracerProvider(shutdown_on_exit=False).get_tracer("tests")),
    "nobody": lambda: NOBODY,
    "all together": lambda: Observers([make() for name, make in MAKERS.items() if name != "all together"]),
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
    observer.registered(Attempt("customer", Outcome.BROKEN, "internal_error", 0.0))
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
    observer.answered(Answer(method, "none", 405, 0.0))


async def test_attempts_at_once_do_not_disturb_each_other(observer: Observer) -> None:
    async def attempt() -> None:
        with observer.registering("console"), observer.stage(Stage.LOOK):
            await asyncio.sleep(0)

    await asyncio.gather(*(attempt() for _ in range(10)))
