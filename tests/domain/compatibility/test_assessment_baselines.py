"""Which version is compared with which, and which may break users."""

import pytest

from domain.compatibility.assessment import BaselineReason, PublicVersion, baseline_for
from domain.semver import SemVer

SAME, NEW, FIRST = BaselineReason.SAME_LINE, BaselineReason.NEW_LINE, BaselineReason.FIRST_VERSION
YANKED, NO_SCHEMAS = BaselineReason.ALL_YANKED, BaselineReason.NO_SCHEMAS


def _published(text: str) -> list[PublicVersion]:
    """Read versions, ``!`` after a yanked one and ``?`` after one without schemas."""
    return [
        PublicVersion(SemVer.parse(word.rstrip("!?")), is_yanked="!" in word, has_schemas="?" not in word)
        for word in text.split()
    ]


@pytest.mark.parametrize(
    ("version", "published", "expected", "reason", "may_break"),
    [
        ("1.0.0", "", None, FIRST, False),
        ("1.3.0", "1.2.0 1.2.1 1.1.0", "1.2.1", SAME, False),
        ("1.10.0", "1.9.0 1.2.0", "1.9.0", SAME, False),
        ("1.3.0", "0.9.0 1.2.0 2.0.0", "1.2.0", SAME, False),
        ("2.0.0", "1.2.0 1.9.0", "1.9.0", NEW, True),
        ("2.0.1", "1.9.0 2.0.0", "2.0.0", SAME, False),
        ("3.0.0", "1.9.0", "1.9.0", NEW, True),
        ("0.4.0", "0.3.9 0.3.1", "0.3.9", NEW, True),
        ("0.4.1", "0.4.0 0.3.9", "0.4.0", SAME, False),
        ("0.0.2", "0.0.1", "0.0.1", NEW, True),
        ("0.1.0", "0.0.9", "0.0.9", NEW, True),
        ("1.0.0", "0.9.0", "0.9.0", NEW, True),
        ("1.2.5", "1.2.4 1.3.0 2.0.0", "1.2.4", SAME, False),
        ("1.3.0-rc.1", "1.2.0", "1.2.0", SAME, True),
        ("2.0.0-rc.1", "1.2.0", "1.2.0", NEW, True),
        ("1.3.0", "1.2.0 1.3.0-rc.1", "1.2.0", SAME, False),
        ("2.0.1", "1.2.0 2.0.0-rc.1", "1.2.0", NEW, True),
        ("1.3.0", "1.1.0 1.2.0!", "1.1.0", SAME, False),
        ("1.3.0", "0.9.0 1.2.0!", None, YANKED, False),
        ("2.0.0", "1.2.0!", None, YANKED, False),
        ("1.4.0", "1.2.0 1.3.0?", "1.2.0", SAME, False),
        ("1.4.0", "1.2.0! 1.3.0?", None, NO_SCHEMAS, False),
        ("1.4.0", "1.3.0?", None, NO_SCHEMAS, False),
        ("1.3.0", "1.3.0 1.2.0", "1.2.0", SAME, False),
        ("1.3.0+b", "1.3.0+a 1.2.0", "1.2.0", SAME, False),
    ],
)
def test_the_baseline_of_a_version(
    version: str, published: str, expected: str | None, reason: BaselineReason, *, may_break: bool
) -> None:
    baseline = baseline_for(SemVer.parse(version), _published(published))

    assert baseline.version == (SemVer.parse(expected) if expected else None)
    assert (baseline.reason, baseline.may_break) == (reason, may_break)


@pytest.mark.parametrize(
    ("version", "published", "successor"),
    [
        ("1.2.5", "1.2.4 1.3.0 1.4.0 2.0.0", "1.3.0"),
        ("1.2.5", "1.2.4 1.3.0! 1.4.0? 1.5.0", "1.5.0"),
        ("1.2.5", "1.2.4 1.3.0-rc.1 2.0.0", None),
        ("0.3.2", "0.3.1 0.3.4 0.4.0", "0.3.4"),
        ("1.3.0", "1.2.0", None),
        ("1.2.5-rc.1", "1.2.4 1.3.0", None),
        ("1.3.0", "1.3.0+a 1.2.0", None),
    ],
)
def test_users_of_a_back_port_upgrade_into_the_next_version_of_its_line(
    version: str, published: str, successor: str | None
) -> None:
    baseline = baseline_for(SemVer.parse(version), _published(published))
    assert baseline.successor == (SemVer.parse(successor) if successor else None)
