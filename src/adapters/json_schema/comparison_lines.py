"""Comparisons as lines of JSON, between a server and its worker process."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, json

from domain.compatibility.comparison import compare_with_questions
from domain.compatibility.coverage import OpenQuestion
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict


class _Asked(Struct):
    old: VersionSchemas
    new: VersionSchemas
    severities: dict[RuleId, Verdict]


class _Answer(Struct):
    report: Report
    questions: tuple[OpenQuestion, ...]


_ENCODER = json.Encoder()
_ASKED, _ANSWER = json.Decoder(_Asked), json.Decoder(_Answer)


def asked_line(old: VersionSchemas, new: VersionSchemas, severities: Mapping[RuleId, Verdict]) -> bytes:
    """Return the line that asks for a comparison."""
    return _ENCODER.encode(_Asked(old, new, dict(severities)))


def answer_line(line: bytes) -> bytes:
    """Compare as a line asks, and return the line that answers."""
    asked = _ASKED.decode(line)
    return _ENCODER.encode(_Answer(*compare_with_questions(asked.old, asked.new, severities=asked.severities)))


def read_answer(line: bytes) -> tuple[Report, Sequence[OpenQuestion]]:
    """Return what an answer says.

    Raises:
        ValueError: It is no answer.
    """
    answer = _ANSWER.decode(line)
    return answer.report, answer.questions
