"""What is called compatible has no counterexample, and every example is one.

COMPATIBILITY_PAIRS sets how many random pairs are compared, 600 if it is left out.
"""

import os
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from domain.compatibility.budget import Budget
from domain.compatibility.documents import Document
from domain.compatibility.findings import Effect
from domain.compatibility.report import Basis, Report, Side
from domain.compatibility.rules import RULES, Verdict
from domain.compatibility.shaping import Shaper
from domain.compatibility.walker import Walker
from domain.schemas import CanonicalJson
from tests.support.compatibility import compared
from tests.support.random_schemas import Schemas

_CHUNKS = 12
_PAIRS = int(os.environ.get("COMPATIBILITY_PAIRS", "600")) // _CHUNKS


class _Pair:
    """Two schemas, and the values of one that the other refuses."""

    def __init__(self, seed: int) -> None:
        schemas = Schemas(Random(seed))
        self.old = self.new = schemas.document()
        while self.old == self.new or not all(_is_schema(schema) for schema in (self.old, self.new)):
            self.old = schemas.document()
            self.new = schemas.changed(self.old)
        self.validators = [jsonschema_rs.validator_for(schema) for schema in (self.old, self.new)]
        values = [value for schema in (self.old, self.new) * 2 for value in schemas.values(schema, schema)]
        old, new = (validator.is_valid for validator in self.validators)
        self.refused = [value for value in values if old(value) and not new(value)]
        self.fresh = [value for value in values if new(value) and not old(value)]

    def effect(self) -> Effect:
        """Return what the sets of values say, whatever is declared beyond them."""
        budget = Budget()
        old, new = (Document.of(CanonicalJson.of(schema).decode()).whole for schema in (self.old, self.new))
        return Walker(Side.CONFIG, Shaper(budget), budget).relation((old,), (new,))


def _is_schema(schema: Any) -> bool:
    try:
        jsonschema_rs.validator_for(schema)
    except ValueError:  # a change may leave a reference that leads nowhere
        return False
    return True


@pytest.fixture(params=range(_CHUNKS))
def pairs(request: pytest.FixtureRequest) -> list[_Pair]:
    first = request.param * _PAIRS
    return [_Pair(seed) for seed in range(first, first + _PAIRS)]


def test_random_pairs(pairs: list[_Pair]) -> None:
    for pair in pairs:
        _assert_sets_agree(pair)
        for side, refused in (("config", pair.refused), ("outputs", pair.fresh)):
            report = compared(pair.old, pair.new, side)
            assert report.faults == (), (pair.old, pair.new)
            _assert_promises_hold(pair, report, side, refused)
            _assert_examples_are_some(pair, report, side)


def _assert_sets_agree(pair: _Pair) -> None:
    effect = pair.effect()
    assert effect & (Effect.NARROWER | Effect.UNKNOWN) or not pair.refused, (pair.old, pair.new, pair.refused[0])
    assert effect & (Effect.WIDER | Effect.UNKNOWN) or not pair.fresh, (pair.old, pair.new, pair.fresh[0])


def _assert_promises_hold(pair: _Pair, report: Report, side: str, refused: list[Any]) -> None:
    is_by_sets = all(change.basis is Basis.PROVEN or RULES[change.rule].is_text for change in report.changes)
    if report.verdict is Verdict.COMPATIBLE and is_by_sets:
        configs = [value for value in refused if side == "outputs" or isinstance(value, dict)]  # a config is an object
        assert not configs, (side, pair.old, pair.new, configs[0])


def _assert_examples_are_some(pair: _Pair, report: Report, side: str) -> None:
    """Every break by sets has an example, which the writer's schema takes and the reader's refuses."""
    writer, reader = pair.validators if side == "config" else reversed(pair.validators)
    for change in report.changes:
        is_proven = change.verdict is Verdict.BREAKING and change.basis is Basis.PROVEN
        assert change.example is not None or not is_proven
        if change.example is not None:
            example = change.example.decode()
            assert writer.is_valid(example), (side, pair.old, pair.new, example)
            assert not reader.is_valid(example), (side, pair.old, pair.new, example)
