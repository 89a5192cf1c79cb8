"""Asking jsonschema-rs whether one schema covers another, in a process of its own.

The library holds Python's lock while it works, and may take any time and memory for a few kilobytes.
"""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence

from domain.compatibility.coverage import Coverage, CoverageQuestion

_ANSWERS = {word.value: word for word in Coverage}
_MAX_FAILURES = 3
_START = 15.0


class SchemaWorker:
    """A ``SchemaCoverage`` over one worker process, which is started with the first question and kept.

    Args:
        deadline: Seconds for one question. A worker that is late is killed, and another one started.
    """

    def __init__(self, *, deadline: float = 2.0) -> None:
        self._deadline = deadline
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        """Return an answer to each question; after three failures all others are unknown."""
        answers: list[Coverage] = []
        failures = 0
        async with self._turn:
            for question in questions:
                answer = Coverage.UNKNOWN
                if failures < _MAX_FAILURES:
                    try:
                        answer = await self._ask(question)
                    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
                        failures += 1
                        await self._stop()
                    except asyncio.CancelledError:
                        await self._stop()  # its answer would be read as that to the next question
                        raise
                answers.append(answer)
        return answers

    async def aclose(self) -> None:
        """End the worker."""
        async with self._turn:
            await self._stop()

    async def _ask(self, question: CoverageQuestion) -> Coverage:
        process = self._process
        if process is None or process.returncode is not None:
            process = await self._start()
        line = json.dumps({"reader": question.reader, "writer": question.writer})
        async with asyncio.timeout(self._deadline):
            word = await _exchange(process, line)
        return _ANSWERS.get(word, Coverage.UNKNOWN)

    async def _start(self) -> Process:
        command = (sys.executable, "-m", "adapters.json_schema.worker_process")
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
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


async def _exchange(process: Process, line: str) -> str:
    if process.stdin is None or process.stdout is None:
        raise OSError("the worker has no pipes")
    process.stdin.write(line.encode() + b"\n")
    await process.stdin.drain()
    return (await process.stdout.readuntil()).decode().strip()
