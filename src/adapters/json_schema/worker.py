"""Comparing versions, and asking jsonschema-rs about schemas and configs, in a process of its own.

Both hold Python's lock while they work; the library may take any time and memory for a few kilobytes.
"""

import asyncio
import contextlib
import json
import math
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable, Mapping, Sequence

from adapters.json_schema.comparison_lines import asked_line, read_answer
from adapters.json_schema.config_errors import config_errors
from domain.compatibility.comparison import not_compared
from domain.compatibility.coverage import Coverage, CoverageQuestion, OpenQuestion
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.upgrades.validation import ConfigErrors, ConfigQuestion

_ANSWERS = {word.value: word for word in Coverage}
_MAX_FAILURES = 3
_START = 15.0
_COMPARISON = 120.0
"""Seconds for one comparison. It ends by counting long before; this is for a process that hangs."""
_MAX_ANSWER = 16 * 1024 * 1024
_FAILURES = (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class SchemaWorker:
    """A ``SchemaComparison`` and a ``ConfigValidator`` over one worker process.

    The process is started with the first question and kept.

    Args:
        deadline: Seconds for one question, but for comparisons. A worker that is late is killed, and another started.
        total: Seconds for all questions of one call; those that are left then have no answer.
    """

    def __init__(self, *, deadline: float = 2.0, total: float = math.inf) -> None:
        self._deadline = deadline
        self._total = total
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def compare(
        self, old: VersionSchemas, new: VersionSchemas, severities: Mapping[RuleId, Verdict]
    ) -> tuple[Report, Sequence[OpenQuestion]]:
        """Return what changed; if two workers in a row fail, that nothing was compared."""
        line, fault = asked_line(old, new, severities), ""
        async with self._turn:
            for _ in range(2):
                try:
                    return read_answer(await self._ask(b"compare " + line, _COMPARISON))
                except _FAILURES as error:
                    fault = f"the worker process failed: {type(error).__name__}"
                    await self._stop()
                except asyncio.CancelledError:
                    await self._stop()
                    raise
        return not_compared(fault), ()

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        """Return an answer to each question; after three failures all others are unknown."""
        lines = (json.dumps({"reader": asked.reader, "writer": asked.writer}) for asked in questions)
        return [_ANSWERS.get(str(answer), Coverage.UNKNOWN) for answer in await self._ask_all(lines)]

    async def validate(self, questions: Sequence[ConfigQuestion]) -> Sequence[Sequence[ConfigErrors]]:
        """Return the errors of each config; after three failures all others are unknown."""
        lines = (json.dumps({"schema": asked.schema, "configs": asked.configs}) for asked in questions)
        answers = await self._ask_all(lines)
        return [config_errors(answer, len(asked.configs)) for asked, answer in zip(questions, answers, strict=True)]

    async def _ask_all(self, lines: Iterable[str]) -> list[object]:
        """Return an answer for each line, None where there is none."""
        answers: list[object] = []
        failures = 0
        async with self._turn:
            ends = asyncio.get_running_loop().time() + self._total
            for line in lines:
                answer = None
                if failures < _MAX_FAILURES and asyncio.get_running_loop().time() < ends:
                    try:
                        answer = json.loads(await self._ask(line.encode(), self._deadline))
                    except _FAILURES:
                        failures += 1
                        await self._stop()
                    except asyncio.CancelledError:
                        await self._stop()  # its answer would be read as that to the next question
                        raise
                answers.append(answer)
        return answers

    async def aclose(self) -> None:
        async with self._turn:
            await self._stop()

    async def _ask(self, line: bytes, deadline: float) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = await self._start()
        async with asyncio.timeout(deadline):
            return await _exchange(process, line)

    async def _start(self) -> Process:
        command = (sys.executable, "-m", "adapters.json_schema.worker_process")
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_MAX_ANSWER
        )
        self._process = process
        async with asyncio.timeout(_START):
            if process.stdout is None or await process.stdout.readuntil() != b"ready\n":
                raise OSError("the worker did not start")
        return process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()


async def _exchange(process: Process, line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise OSError("the worker has no pipes")
    process.stdin.write(line + b"\n")
    await process.stdin.drain()
    return await process.stdout.readuntil()
