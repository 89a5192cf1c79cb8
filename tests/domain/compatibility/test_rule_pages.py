"""Every rule has a section in the documents. ``RECORD_RULES=1`` writes them anew."""

import os
from pathlib import Path

import pytest

from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Rule

_PAGE = Path(__file__).parents[3] / "docs/compatibility-rules.md"
_HEAD = """# Compatibility rules

What each rule means, for publishers who were refused and for users who read a comparison.
[compatibility.md](compatibility.md) says how versions are compared. Each rule has its usual verdicts; a change that is
proven to be otherwise gets another one.

This page is written from `src/domain/compatibility/rules.py`: `RECORD_RULES=1 python -m pytest -n0
tests/domain/compatibility/test_rule_pages.py` writes it anew.
"""


def _section(rule: Rule) -> str:
    remarks = [
        text
        for text, applies in (
            ("Declared: sets of valid values alone would not say so.", rule.is_declared and not rule.is_text),
            ("Operators may set its verdict.", rule.is_disputed),
            ("Asks for a minor release at least.", rule.is_addition),
        )
        if applies
    ]
    return (
        f"## {rule.id}\n\n{rule.title}. Config: **{rule.config}**, outputs: **{rule.outputs}**."
        f"{''.join(f' {remark}' for remark in remarks)}\n\n"
        f"- Why: {rule.why}\n- Example: {rule.example}\n- Remedy: {rule.remedy}\n"
    )


def _page() -> str:
    return "\n".join([_HEAD, *(_section(RULES[rule]) for rule in sorted(RuleId))])


def test_the_page_says_what_the_rules_say() -> None:
    if os.environ.get("RECORD_RULES"):
        _PAGE.write_text(_page())
    assert _PAGE.read_text() == _page()


def test_every_id_has_a_rule() -> None:
    assert set(RULES) == set(RuleId)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_why_what_and_what_to_do(rule: Rule) -> None:
    for text in (rule.title, rule.why, rule.example, rule.remedy):
        assert text == text.strip()
        assert len(text) > 4
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")
