"""What is called compatible by sets has no counterexample, and every example is one."""

import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from domain.compatibility.report import Basis
from domain.compatibility.rules import Verdict
from tests.support.compatibility import closed, compared

_ROUNDS = 150
_NAMES = "abc"
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    1,
    2,
    5,
    1.5,
    -1,
    "",
    "a",
    "ab",
    "abcd",
    "b",
    [],
    [1],
    [None, "a"],
    {},
    {"a": 1},
)


def _leaf(random: Random) -> Any:
    bound = random.randint(0, 4)
    return random.choice(
        [
            {"type": "string", random.choice(["minLength", "maxLength"]): bound},
            {"type": random.choice(["integer", "number"]), random.choice(["minimum", "exclusiveMaximum"]): bound},
            {"type": "integer", "multipleOf": bound + 1},
            {"enum": random.sample([1, 2, "a", "b", None, True], bound + 1)},
            {"type": random.sample(["string", "null", "integer", "boolean", "array"], 2)},
            {"type": "string", "pattern": random.choice(["^a", "^[ab]+$", "b$"])},
            {"const": random.choice([1, "a", None])},
            True,
        ]
    )


def _schema(random: Random, depth: int) -> Any:
    if not depth or random.random() < 0.3:
        return _leaf(random)
    inner = [_schema(random, depth - 1) for _ in range(2)]
    kind = random.choice(["object", "object", "array", "anyOf", "oneOf", "allOf"])
    if kind == "object":
        properties = dict(zip(random.sample(_NAMES, 2), inner, strict=True))
        more: dict[str, Any] = {"additionalProperties": random.choice([False, _leaf(random)])}
        more |= {"required": [random.choice(_NAMES)]} if random.random() < 0.4 else {}
        return {"type": "object", "properties": properties, **more}
    if kind == "array":
        limit = {random.choice(["minItems", "maxItems"]): random.randint(0, 2)}
        return {"type": "array", "items": inner[0], "prefixItems": inner[1:], **limit}
    return {kind: inner}


def _mutated(random: Random, schema: Any) -> Any:
    """Return a schema in which one part is another one."""
    if not isinstance(schema, dict) or random.random() < 0.3:
        return _schema(random, 1)
    changed = json.loads(json.dumps(schema))
    keyword = random.choice(sorted(changed))
    value = changed[keyword]
    if isinstance(value, dict) and keyword == "properties":
        name = random.choice(sorted(value))
        value[name] = _mutated(random, value[name])
    elif isinstance(value, list) and keyword in {"anyOf", "oneOf", "allOf", "prefixItems"}:
        place = random.randrange(len(value))
        value[place] = _mutated(random, value[place])
    elif random.random() < 0.5 and len(changed) > 1:
        del changed[keyword]
    elif isinstance(value, int) and not isinstance(value, bool):
        changed[keyword] = value + 1
    return changed


def _instances(random: Random) -> list[Any]:
    members = (
        {name: random.choice(_VALUES) for name in random.sample(_NAMES, random.randint(0, 3))} for _ in range(40)
    )
    arrays = ([random.choice(_VALUES) for _ in range(random.randint(0, 3))] for _ in range(20))
    return [*_VALUES, *members, *arrays]


@pytest.mark.parametrize("seed", range(10))
def test_random_pairs(seed: int) -> None:
    random = Random(seed)
    for _ in range(_ROUNDS):
        part = _schema(random, 2)
        old, new = closed(p=part), closed(p=_mutated(random, part))
        report = compared(old, new)
        writer, reader = (jsonschema_rs.validator_for(schema) for schema in (old, new))
        if report.verdict is Verdict.COMPATIBLE and all(c.basis is Basis.PROVEN for c in report.changes):
            refused = [value for value in ({"p": v} for v in _instances(random)) if writer.is_valid(value)]
            assert all(reader.is_valid(value) for value in refused), (old, new)
        for change in report.changes:
            assert change.verdict is not Verdict.BREAKING or change.basis is Basis.POLICY or change.example is not None
            if change.example is not None:
                example = change.example.decode()
                assert writer.is_valid(example), (old, new, example)
                assert not reader.is_valid(example), (old, new, example)
