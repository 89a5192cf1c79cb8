"""Codes of refusals."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from application.errors import NotAuthenticatedError
from domain.errors import (
    AnnouncementRefusedError,
    RegistryError,
    SchemaProblem,
    SchemaRefusedError,
    VersionConflictError,
    WheelProblem,
    WheelRefusedError,
)


def _descendants(root: type[RegistryError]) -> Iterator[type[RegistryError]]:
    for child in root.__subclasses__():
        yield child
        yield from _descendants(child)


_ALL = sorted(
    {error for error in _descendants(RegistryError) if error.__module__ in {"application.errors", "domain.errors"}},
    key=lambda error: error.__name__,
)
_PROBLEMS = [*WheelProblem, *SchemaProblem]
_REFUSALS = set(AnnouncementRefusedError.__subclasses__())  # their codes are those of the faults
_LEAVES = [error for error in _ALL if not error.__subclasses__() and error not in _REFUSALS]
_CODES = [error.code for error in _LEAVES if hasattr(error, "code")] + [problem.value for problem in _PROBLEMS]


def test_the_tree_is_seen() -> None:
    assert len(_ALL) > 20
    assert len(_CODES) > 30


@pytest.mark.parametrize("error", _LEAVES)
def test_every_refusal_that_is_raised_has_a_code_of_its_own(error: type[RegistryError]) -> None:
    assert "code" in vars(error)


def test_groups_of_refusals_have_no_code() -> None:
    assert [error.__name__ for error in _ALL if error.__subclasses__() and hasattr(error, "code")] == []


def test_codes_are_unique_slugs() -> None:
    assert [code for code, count in Counter(_CODES).items() if count > 1] == []
    assert [code for code in _CODES if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code)] == []
    assert all(len(faults) == len(faults.__members__) for faults in (WheelProblem, SchemaProblem))


@pytest.mark.parametrize("problem", WheelProblem)
def test_a_refused_wheel_takes_its_code_from_the_fault(problem: WheelProblem) -> None:
    refusal = WheelRefusedError(problem, "Sentence.")

    assert (refusal.code, refusal.detail, str(refusal)) == (problem.value, "Sentence.", "Sentence.")


@pytest.mark.parametrize("problem", SchemaProblem)
def test_a_refused_schema_takes_its_code_from_the_fault(problem: SchemaProblem) -> None:
    refusal = SchemaRefusedError(problem, "Sentence.")

    assert (refusal.code, refusal.detail, str(refusal)) == (problem.value, "Sentence.", "Sentence.")


def test_a_caller_never_reads_why_it_was_not_authenticated() -> None:
    refusal = NotAuthenticatedError("the signature is wrong")

    assert refusal.reason == "the signature is wrong"
    assert (refusal.detail, str(refusal)) == ("Not authenticated", "Not authenticated")


def test_a_conflict_says_what_differs() -> None:
    refusal = VersionConflictError("It differs.", differences=["sha256"], status="published")

    assert (refusal.differences, refusal.status) == (("sha256",), "published")
