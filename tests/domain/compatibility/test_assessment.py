"""When a comparison that was kept stands for one that is made today."""

from dataclasses import replace

import pytest

from domain.compatibility.assessment import Compatibility, PublicVersion, baseline_for
from domain.compatibility.comparison import compare
from domain.compatibility.report import MAX_CHANGES, Report, VersionSchemas
from domain.schemas import CanonicalJson
from domain.semver import SemVer

_BASELINE = PublicVersion(SemVer.parse("1.0.0"), is_yanked=False, has_schemas=True)


def report(old: object, new: object) -> Report:
    return compare(*(VersionSchemas(config_schema=CanonicalJson.of({"properties": {"p": p}})) for p in (old, new)))


def kept(found: Report) -> Compatibility:
    return Compatibility(baseline=baseline_for(SemVer.parse("1.1.0"), [_BASELINE]), report=found)


WIDER = report({"type": "string"}, {"type": ["string", "integer"]})


def test_a_whole_comparison_by_todays_rules_is_repeatable() -> None:
    assert kept(WIDER).is_repeatable


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(replace(WIDER, rules_version="1"), id="other rules"),
        pytest.param(replace(WIDER, is_complete=False), id="not finished"),
        pytest.param(Report.of(WIDER.changes * (MAX_CHANGES + 1)), id="changes left out"),
        pytest.param(report({"default": 1}, {"default": 2}), id="a verdict that is a setting"),
    ],
)
def test_what_another_comparison_could_say_otherwise_is_not(found: Report) -> None:
    assert found.total
    assert not kept(found).is_repeatable
