"""What every comparison and every second opinion on schemas promises, whatever it is built on."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest

from adapters.json_schema.worker import SchemaWorker
from adapters.memory.schema_comparison import InMemorySchemaComparison
from application.ports.schema_comparison import SchemaComparison
from domain.compatibility.comparison import compare_with_questions
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.report import Report
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from tests.support.compatibility import closed, version
from tests.support.waiting import WAIT_SECONDS

TEXT, NUMBER, SHORT = {"type": "string"}, {"type": "number"}, {"type": "string", "maxLength": 3}
ENTANGLED: dict[str, Any] = {
    "allOf": [
        {"anyOf": [{"required": [f"p{i}_{j}"], "properties": {f"p{i}_{j}": {"minimum": i * j}}} for j in range(8)]}
        for i in range(12)
    ]
}


def asked(writer: object, reader: object) -> CoverageQuestion:
    return CoverageQuestion(json.dumps(writer), json.dumps(reader))


@pytest.fixture(params=["worker", "memory"])
async def coverage(request: pytest.FixtureRequest) -> AsyncIterator[SchemaComparison]:
    if request.param == "memory":
        yield InMemorySchemaComparison()
        return
    worker = SchemaWorker()
    yield worker
    await worker.aclose()


@pytest.fixture
async def worker() -> AsyncIterator[SchemaWorker]:
    started = SchemaWorker(deadline=0.5)
    yield started
    await started.aclose()


BEFORE = version(a={"config": closed(p=TEXT, q=TEXT)}, b={"outputs": closed(p={"enum": ["a"]})})
AFTER = version(a={"config": closed(p=SHORT)}, b={"outputs": closed(p={"enum": ["a", "b"]})}, c={"config": TEXT})
SEVERITIES = {RuleId.ENUM_VALUE_ADDED: Verdict.UNKNOWN}


async def test_a_comparison_says_what_the_rules_say(coverage: SchemaComparison) -> None:
    for severities in ({}, SEVERITIES):
        report, questions = await coverage.compare(BEFORE, AFTER, severities)
        assert (report, tuple(questions)) == compare_with_questions(BEFORE, AFTER, severities=severities)


async def test_a_comparison_that_a_dead_worker_leaves_is_made_by_the_next_one(worker: SchemaWorker) -> None:
    await worker.compare(BEFORE, AFTER, {})
    dead = _child(worker)
    dead.kill()
    await _gone(dead)

    report, _ = await worker.compare(BEFORE, AFTER, {})
    assert report == compare_with_questions(BEFORE, AFTER)[0]


async def test_without_a_worker_nothing_is_compared_and_the_report_says_so(
    worker: SchemaWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    report, questions = await worker.compare(BEFORE, AFTER, {})

    assert ([change.rule for change in report.changes], questions) == ([RuleId.COMPARISON_INCOMPLETE], ())
    assert (report.verdict, report.is_complete) == (Verdict.UNKNOWN, False)
    assert report.faults == ("the worker process failed: IncompleteReadError",)


async def test_a_worker_gives_way_and_has_a_limit_of_memory(worker: SchemaWorker) -> None:
    await worker.covers([asked(SHORT, TEXT)])
    child = _child(worker)
    assert child.rlimit(psutil.RLIMIT_AS) == (768 * 1024 * 1024,) * 2
    assert child.nice() > psutil.Process().nice() or child.nice() == 19


@pytest.mark.hostile
async def test_a_schema_that_takes_all_memory_ends_its_worker_and_nothing_else() -> None:
    patient = SchemaWorker(deadline=WAIT_SECONDS)
    try:
        await patient.covers([asked(SHORT, TEXT)])
        first = _child(patient)
        answers = await patient.covers([asked(ENTANGLED, {**ENTANGLED, "minProperties": 3}), asked(SHORT, TEXT)])
        assert answers == [Coverage.UNKNOWN, Coverage.YES]
        assert not first.is_running() or first.memory_info().vms <= 768 * 1024 * 1024
    finally:
        await patient.aclose()


@pytest.mark.hostile
async def test_readers_are_served_while_two_thousand_resource_types_are_compared(worker: SchemaWorker) -> None:
    old, new = (version(**{f"r{n}": {"config": closed(a=kind)} for n in range(2000)}) for kind in (TEXT, NUMBER))
    comparing = asyncio.create_task(worker.compare(old, new, {}))
    turns = 0
    while not comparing.done():
        await asyncio.sleep(0.001)
        turns += 1

    report, _ = await comparing
    assert isinstance(report, Report)
    assert report.total == 2000
    assert turns > 50


async def test_each_question_is_answered_in_order(coverage: SchemaComparison) -> None:
    questions = [asked(SHORT, TEXT), asked(TEXT, SHORT), asked(TEXT, TEXT), asked(TEXT, NUMBER)]
    assert await coverage.covers(questions) == [Coverage.YES, Coverage.NO, Coverage.YES, Coverage.NO]


async def test_no_question_has_no_answer(coverage: SchemaComparison) -> None:
    assert list(await coverage.covers([])) == []


async def test_references_inside_a_schema_are_followed(coverage: SchemaComparison) -> None:
    schema = {"$defs": {"a": SHORT}, "$ref": "#/$defs/a"}
    assert await coverage.covers([asked(schema, TEXT), asked(TEXT, schema)]) == [Coverage.YES, Coverage.NO]


@pytest.mark.hostile
@pytest.mark.parametrize(
    "schema",
    [
        ENTANGLED,
        {"$ref": "#"},
        {"not": {"$ref": "#"}},
        {"$ref": "https://example.com/a"},
        {"pattern": "("},
        {"type": 5},
    ],
    ids=["entangled", "itself", "not itself", "elsewhere", "no pattern", "no schema"],
)
async def test_what_is_hostile_gets_some_answer(coverage: SchemaComparison, schema: dict[str, Any]) -> None:
    answers = await coverage.covers([asked(schema, TEXT), asked(TEXT, schema), asked(SHORT, TEXT)])
    assert len(answers) == 3
    assert answers[2] is Coverage.YES


async def test_questions_at_once_get_their_own_answers(coverage: SchemaComparison) -> None:
    questions = [[asked(SHORT, TEXT)], [asked(TEXT, NUMBER)]] * 5
    answers = await asyncio.gather(*(coverage.covers(batch) for batch in questions))
    assert [list(answer) for answer in answers] == [[Coverage.YES], [Coverage.NO]] * 5


def _child(worker: SchemaWorker) -> psutil.Process:
    assert worker._process is not None
    return psutil.Process(worker._process.pid)


async def _gone(process: psutil.Process) -> None:
    await asyncio.to_thread(process.wait, WAIT_SECONDS)


@pytest.mark.hostile
async def test_a_worker_that_is_late_is_killed_and_replaced(worker: SchemaWorker) -> None:
    await worker.covers([asked(SHORT, TEXT)])
    late = _child(worker)
    late.suspend()

    assert await worker.covers([asked(SHORT, TEXT), asked(SHORT, TEXT)]) == [Coverage.UNKNOWN, Coverage.YES]
    assert not late.is_running()
    assert _child(worker).pid != late.pid


@pytest.mark.hostile
async def test_a_schema_that_keeps_the_worker_busy_leaves_the_event_loop_alone(worker: SchemaWorker) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    counting = asyncio.create_task(count())
    changed = {**ENTANGLED, "minProperties": 3}
    assert await worker.covers([asked(ENTANGLED, changed)]) == [Coverage.UNKNOWN]
    counting.cancel()
    assert turns > 10


async def test_a_dead_worker_is_replaced(worker: SchemaWorker) -> None:
    await worker.covers([asked(SHORT, TEXT)])
    dead = _child(worker)
    dead.kill()
    await _gone(dead)

    answers = await worker.covers([asked(SHORT, TEXT), asked(SHORT, TEXT)])
    assert answers[1] is Coverage.YES


async def test_one_worker_serves_all_questions_and_ends_when_it_is_closed(worker: SchemaWorker) -> None:
    await worker.covers([asked(SHORT, TEXT)])
    child = _child(worker)
    await worker.covers([asked(SHORT, TEXT)])
    assert _child(worker).pid == child.pid

    await worker.aclose()
    assert not child.is_running()


async def test_a_cancelled_question_does_not_answer_the_next_one(worker: SchemaWorker) -> None:
    await worker.covers([asked(SHORT, TEXT)])
    _child(worker).suspend()
    cancelled = asyncio.create_task(worker.covers([asked(TEXT, NUMBER)]))
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert (await worker.covers([asked(SHORT, TEXT), asked(SHORT, TEXT)]))[1] is Coverage.YES


_PARENT = """
import asyncio, sys
from adapters.json_schema.worker import SchemaWorker
from domain.compatibility.coverage import CoverageQuestion

async def main():
    worker = SchemaWorker()
    await worker.covers([CoverageQuestion('{}', '{}')])
    print(worker._process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("end", [lambda p: os.kill(p, signal.SIGKILL), lambda p: os.kill(p, signal.SIGTERM)])
async def test_a_worker_ends_with_the_process_that_started_it(end: Callable[[int], None]) -> None:
    parent = await asyncio.to_thread(
        subprocess.Popen, [sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(await asyncio.to_thread(parent.stdout.readline)))
    end(parent.pid)
    await asyncio.to_thread(parent.wait)
    parent.stdout.close()
    await _gone(child)
