"""Comparing the schemas of two versions, and what that costs the event loop."""

import asyncio
import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any

from adapters.json_schema.worker import SchemaWorker
from application.use_cases.compare_schemas import CompareSchemas
from benchmarks.figures import Figure, Spread, at_most
from benchmarks.workbench import Workbench
from domain.compatibility.report import VersionSchemas
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas

_TYPES = _FIELDS = 40
_AT_ONCE = 8
_REFERENCE = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("provider", "resource", "name", "field")},
    "required": ["provider", "resource", "name", "field"],
}

_TO_REFERENCE = {"$ref": "#/$defs/FieldReference"}


def measure(bench: Workbench) -> Iterator[Figure]:
    """Compare one by one, then eight at once while the event loop ticks."""
    bench.say(f"Comparing {_TYPES} resource types with {_FIELDS} fields")
    old, new = _version(changed=False), _version(changed=True)
    times, stall = asyncio.run(_measured(old, new, rounds=max(2, bench.plan.rounds)))
    p99 = quantiles(times, n=100, method="inclusive")[98]
    yield Figure(
        section="compare",
        what=f"comparing two versions of {_TYPES} resource types with {_FIELDS} fields",
        ours=f"p99 {p99:.0f} ms",
        value=Spread.of(times),
        unit="ms",
    )
    yield Figure(
        section="compare",
        what=f"longest stall of the event loop while {_AT_ONCE} comparisons run",
        value=Spread.of([stall]),
        unit="ms",
        goal=at_most(50),
    )


async def _measured(old: VersionSchemas, new: VersionSchemas, rounds: int) -> tuple[list[float], float]:
    worker = SchemaWorker()
    compare = CompareSchemas(worker)
    try:
        await compare.execute(old, new)
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            await compare.execute(old, new)
            times.append((time.perf_counter() - start) * 1000)
        stalls: list[float] = []
        ticking = asyncio.create_task(_tick(stalls))
        await asyncio.gather(*(compare.execute(old, new) for _ in range(_AT_ONCE)))
        ticking.cancel()
    finally:
        await worker.aclose()
    return times, max(stalls, default=0.0)


async def _tick(stalls: list[float]) -> None:
    """Note how late each tick of a millisecond is."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        stalls.append((time.perf_counter() - start - 0.001) * 1000)


def _version(*, changed: bool) -> VersionSchemas:
    entries = {}
    for number in range(_TYPES):
        name = f"type{number}"
        config, outputs = (CanonicalJson.of(_schema(number, side, changed=changed)) for side in range(2))
        entries[name] = ResourceSchema(name, "bench", name, None, config, outputs)
    return VersionSchemas(ResourceSchemas.of(entries))


def _schema(number: int, side: int, *, changed: bool) -> dict[str, Any]:
    """Return a schema as the platform's models have them; one field of each type changes in a new version."""
    limit = 50 if side == 0 else 200
    fields: dict[str, Any] = {f"field_{field}": {"$ref": "#/$defs/Field_str_", "title": ""} for field in range(_FIELDS)}
    if changed:
        fields[f"field_{number}"] = {"anyOf": [{"type": "string", "maxLength": limit}, _TO_REFERENCE]}
    reference = {**_REFERENCE, "description": "a field of another resource"} if changed else _REFERENCE
    return {
        "$defs": {"FieldReference": reference, "Field_str_": {"anyOf": [{"type": "string"}, _TO_REFERENCE]}},
        "type": "object",
        "properties": fields,
        "required": ["field_0"],
        "additionalProperties": False,
    }
