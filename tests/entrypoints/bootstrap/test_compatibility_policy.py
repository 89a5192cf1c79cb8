"""What operators set about breaking changes is what the registry does."""

import pytest

from domain.compatibility.gate import CompatibilityPolicy
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Verdict
from entrypoints.bootstrap.production import compatibility_policy
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import CompatibilitySettings


def policy(**environment: str) -> CompatibilityPolicy:
    given = {f"REGISTRY_{name.upper()}": value for name, value in environment.items()}
    return compatibility_policy(load_group(CompatibilitySettings, given))


def test_breaking_changes_are_refused_unless_operators_say_otherwise() -> None:
    assert policy() == CompatibilityPolicy(refuses=True, severities={})
    assert not policy(breaking_changes="report").refuses


def test_each_disputed_rule_has_a_verdict_of_its_own() -> None:
    disputed = [rule for rule, known in RULES.items() if known.is_disputed]
    written = ",".join(f"{rule}=unknown" for rule in disputed)

    assert policy(compatibility_rules=written).severities == dict.fromkeys(disputed, Verdict.UNKNOWN)
    assert set(disputed) == {
        RuleId.ENUM_VALUE_ADDED,
        RuleId.ADDITIONAL_PROPERTIES_REFUSED,
        RuleId.DEFAULT_CHANGED,
        RuleId.REQUIRED_WITH_DEFAULT,
    }


@pytest.mark.parametrize(
    "written", ["type-changed=compatible", "enum-value-added=fine", "enum-value-added", "none=unknown"]
)
def test_other_rules_are_settled(written: str) -> None:
    with pytest.raises(SettingsError):
        policy(compatibility_rules=written)


def test_there_is_no_third_way() -> None:
    with pytest.raises(SettingsError):
        policy(breaking_changes="ignore")
