"""What a reader, a customer and a stranger can do to a registry, all of it at once and over and over.

A process of its own: ``python -m tests.attacks.attackers PLAN``. It prints a line when it begins, and goes on until
SIGTERM; then it prints, as JSON, how often each attack was answered with which status.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

import msgspec

from tests.support.connections import HALF_A_HEAD, connections

READER, CUSTOMER, STRANGER = "127.0.0.11", "127.0.0.12", "127.0.0.13"
SILENT_CONNECTIONS = 1_500
BODY_BYTES = 2_000_000
_TIMEOUT_SECONDS = 60
_PAUSE_SECONDS = 0.1
"""Far shorter than refusals ask for. All that is admitted is asked for all the same: the attackers outnumber it."""
_SEED = 15


class Plan(msgspec.Struct):
    """What the attackers know.

    Attributes:
        paths: What the reader reads, over and over.
        dry_runs: Bodies that announce a wheel of a host that trickles.
        registrations: Bodies that change what is shown.
    """

    url: str
    api_key: str
    forged_token: str
    paths: list[str]
    dry_runs: list[dict[str, Any]]
    registrations: list[dict[str, Any]]


@dataclass(frozen=True)
class Attack:
    """Requests from one address, so many at once, each followed by the next one."""

    name: str
    source: str
    width: int
    requests: Iterator[bytes]
    statuses: Counter[int] = field(default_factory=Counter)


def attacks(plan: Plan) -> Sequence[Attack]:
    """Return all of them."""
    number = random.Random(_SEED)
    realms = ("", "/console")
    customer = {"Authorization": f"Bearer {plan.api_key}"}
    large = (json.dumps({"name": "acme/many", "version": 1, "schemas": [{}] * (BODY_BYTES // 4)}),)
    return [
        Attack("pages and lists", READER, 40, _each(plan.paths, _get)),
        Attack("searches", READER, 20, _made(lambda: _get(_search(number)))),
        Attack("dry runs", CUSTOMER, 60, _each(plan.dry_runs, lambda body: _post("?dry_run=true", body, **customer))),
        Attack("registrations", CUSTOMER, 2, _each(plan.registrations, lambda body: _post("", body, **customer))),
        Attack("large bodies", CUSTOMER, 40, _each(large, lambda body: _post("", body, **customer))),
        Attack(
            "made-up tokens",
            STRANGER,
            40,
            _made(lambda: _post("", {}, realm=number.choice(realms), Authorization=_made_up(number, plan))),
        ),
        Attack("bodies without a token", STRANGER, 25, _each(large, lambda body: _post("", body))),
        Attack("a stranger's searches", STRANGER, 10, _made(lambda: _get(_search(number)))),
    ]


def _each(values: Sequence[Any], make: Callable[[Any], bytes]) -> Iterator[bytes]:
    return map(make, itertools.cycle(values))


def _made(make: Callable[[], bytes]) -> Iterator[bytes]:
    return (make() for _ in itertools.count())


def _search(number: random.Random) -> str:
    """Look for many words, for words that begin like many, or for misspelt ones."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [
        " ".join(number.sample(letters, 16)),
        " ".join("".join(number.sample("storagenwk", 2)) for _ in range(8)),
        " ".join("".join(number.sample("storagenetwork", 12)) for _ in range(3)),
        "re ma qu ce th wi it po",
    ]
    return f"{number.choice(['/providers', '/'])}?q={quote_plus(number.choice(words))}"


def _made_up(number: random.Random, plan: Plan) -> str:
    random_text = f"{number.getrandbits(256):064x}"
    return f"Bearer {number.choice([f'mt_{random_text}', f'ak_{random_text}', plan.forged_token])}"


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: registry\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode()


def _post(query: str, body: object, *, realm: str = "", **fields: str) -> bytes:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    head = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close", **fields}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {realm}/provider-versions{query} HTTP/1.1\r\nHost: registry\r\n{lines}\r\n".encode() + data


async def _repeat(attack: Attack, host: str, port: int) -> None:
    for request in attack.requests:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                status = await _ask(request, attack.source, host, port)
                attack.statuses[status] += 1
        await asyncio.sleep(_PAUSE_SECONDS)


async def _ask(request: bytes, source: str, host: str, port: int) -> int:
    reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0))
    try:
        writer.write(request)  # not waited for: a body may be refused before it is read
        status = int((await reader.readuntil(b"\r\n"))[9:12])
        while await reader.read(1 << 18):
            pass
        return status
    finally:
        writer.transport.abort()


async def _attack(plan: Plan) -> Sequence[Attack]:
    address, stopped = urlsplit(plan.url), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    chosen = attacks(plan)
    host, port = address.hostname or "", address.port or 80
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_repeat(attack, host, port)) for attack in chosen for _ in range(attack.width)]
        print("attacking", flush=True)  # noqa: T201
        await stopped.wait()
        for task in tasks:
            task.cancel()
    return chosen


def main() -> None:
    os.nice(10)  # attackers have machines of their own
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    with ExitStack() as held:
        for sent in (b"", HALF_A_HEAD):
            held.enter_context(connections(plan.url, SILENT_CONNECTIONS, sent=sent, source=STRANGER))
        done = asyncio.run(_attack(plan))
    print(json.dumps({attack.name: attack.statuses for attack in done}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
