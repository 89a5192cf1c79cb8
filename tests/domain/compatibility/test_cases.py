"""Known pairs of schemas, and what changed between them."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.support.compatibility import compared

CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_known_pair_gets_its_verdict(case: dict[str, Any]) -> None:
    report = compared(case["old"], case["new"], case["direction"])

    allowed = {case["verdict"], *(["unknown"] if case.get("may_be_unknown") else [])}
    assert report.verdict in allowed, [change.message for change in report.changes]
    assert report.is_complete


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_example_is_valid_for_the_writer_and_refused_by_the_reader(case: dict[str, Any]) -> None:
    report = compared(case["old"], case["new"], case["direction"])
    writer, reader = (case["old"], case["new"]) if case["direction"] == "config" else (case["new"], case["old"])
    examples = [change.example.decode() for change in report.changes if change.example is not None]

    assert examples or "witness" not in case or report.verdict == "unknown"
    for example in examples:
        assert jsonschema_rs.is_valid(writer, example, validate_formats=True)
        assert not jsonschema_rs.is_valid(reader, example, validate_formats=True)


@pytest.mark.parametrize("case", [case for case in CASES if case["old"] is not None], ids=lambda case: case["id"])
@pytest.mark.parametrize("side", ["config", "outputs"])
def test_a_schema_does_not_differ_from_itself(case: dict[str, Any], side: str) -> None:
    for schema in (case["old"], case["new"]):
        assert compared(schema, json.loads(json.dumps(schema)), side).changes == ()
