"""The process that answers questions about schemas. It reads and writes lines of JSON, until its input ends."""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from typing import cast

from jsonschema_rs import canonicalize

from adapters.json_schema.comparison_lines import answer_line
from adapters.json_schema.config_errors import validate

_PR_SET_PDEATHSIG = 1  # prctl(2)
_MEMORY = 768 * 1024 * 1024
_COMPARE = b"compare "
_NICENESS = 5  # the server answers first
_CPU_SECONDS = 3600  # of one worker's life, in case the server that ends it has died


def answer(question: Mapping[str, object]) -> object:
    """Return yes, no or unknown for two schemas; for a schema and configs, the errors of each config."""
    if "configs" in question:
        return validate(str(question["schema"]), cast("list[str]", question["configs"]))
    reader, writer = (canonicalize(_schema(question[name]), validate_formats=True) for name in ("reader", "writer"))
    return str(reader.covers(writer))


def _schema(text: object) -> dict[str, object]:
    schema: dict[str, object] = json.loads(str(text))
    return schema


def _limit() -> None:
    """End with the process that started this one, give way to it, and take no more memory than a question may need."""
    os.nice(_NICENESS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def respond(line: bytes) -> bytes:
    """Return the answer to a line; to what has none, null."""
    try:
        if line.startswith(_COMPARE):
            return answer_line(line.removeprefix(_COMPARE))
        return json.dumps(answer(json.loads(line))).encode()
    except Exception:  # noqa: BLE001 -- whatever a library makes of a hostile schema is no answer
        return b"null"


def main() -> None:
    """Answer until the input ends."""
    _limit()
    sys.stdout.buffer.write(b"ready\n")
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(respond(line) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
