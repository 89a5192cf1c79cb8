"""What people read about a change."""

import json
from collections.abc import Mapping

from domain.compatibility.findings import Finding, Path, Step
from domain.compatibility.report import Side
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Verdict

_LONGEST = 80
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$@")
_TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "an object", "null": "null",
}  # fmt: skip


def written(path: Path) -> str:
    """Return a path as people write it, such as ``network.subnets[].cidr``."""
    return "".join(map(_step, path)).removeprefix(".")


def _step(step: Step) -> str:
    if step.name is None:
        return ".*" if step.is_any else "[]" if step.position is None else f"[{step.position}]"
    if step.is_any:
        return f"./{_cut(step.name)}/"
    name = _cut(step.name)
    return f".{name}" if name and set(name) <= _PLAIN else f".{json.dumps(name, ensure_ascii=False)}"


def _cut(text: str) -> str:
    shown = "".join(character if character.isprintable() else "?" for character in text[:_LONGEST])
    return shown if len(text) <= _LONGEST else f"{shown}…"


def message(finding: Finding, side: Side) -> str:
    """Return what changed, as a sentence."""
    name = f"`{written(finding.path)}`" if finding.path else f"the {side}"
    text = _special(finding, side, name)
    if text is None:
        text = f"{name}: {_title(finding.rule)}{_values(finding)}"
    if finding.renamed_to is not None:
        text += f"; it is likely `{_cut(finding.renamed_to)}` now"
    return text[0].upper() + text[1:] if text[0] != "`" else text


def _title(rule: RuleId) -> str:
    title = RULES[rule].title
    return title if title.startswith("JSON") else title[0].lower() + title[1:]


def _values(finding: Finding) -> str:
    before, after = finding.before, finding.after
    if before is None and after is None:
        return ""
    if before is None:
        return f" ({_cut(after or '')})"
    return f" ({_cut(before)} was removed)" if after is None else f" ({_cut(before)} became {_cut(after)})"


_SENTENCES: Mapping[RuleId, tuple[str, str]] = {
    RuleId.PROPERTY_ADDED: ("{} can be set now", "{} is returned now"),
    RuleId.REQUIRED_WITH_DEFAULT: ("{} must be set now; its default does not fill it in", "{} is always there now"),
    RuleId.REQUIRED_PROPERTY_ADDED: ("{} must be set now", "{} is always there now"),
    RuleId.BECAME_REQUIRED: ("{} must be set now", "{} is always there now"),
    RuleId.BECAME_OPTIONAL: ("{} may be left out now", "{} may be missing now"),
    RuleId.NULL_ALLOWED: ("{} may be null now", "{} may be null now"),
    RuleId.NULL_DISALLOWED: ("{} can no longer be null", "{} is never null any more"),
    RuleId.BECAME_IMMUTABLE: ("{} can no longer be changed once it is set", "{} does not change any more"),
    RuleId.BECAME_MUTABLE: ("{} can be changed now", "{} may change now"),
    RuleId.SENSITIVITY_ADDED: ("{} is treated as a secret now",) * 2,
    RuleId.SENSITIVITY_REMOVED: ("{} is no longer treated as a secret",) * 2,
    RuleId.DEPRECATED: ("{} is deprecated now",) * 2,
    RuleId.UNDEPRECATED: ("{} is no longer deprecated",) * 2,
    RuleId.READ_ONLY_ADDED: ("{} is marked as read-only now",) * 2,
    RuleId.READ_ONLY_REMOVED: ("{} is no longer marked as read-only",) * 2,
    RuleId.WRITE_ONLY_ADDED: ("{} is marked as write-only now",) * 2,
    RuleId.WRITE_ONLY_REMOVED: ("{} is no longer marked as write-only",) * 2,
    RuleId.NULLABLE_ADDED: ("{} is marked as nullable now",) * 2,
    RuleId.NULLABLE_REMOVED: ("{} is no longer marked as nullable",) * 2,
}
"""What is said of a config, and of outputs."""
_VALUES = {RuleId.ENUM_VALUE_ADDED: "added to", RuleId.ENUM_VALUE_REMOVED: "removed from"}


def _special(finding: Finding, side: Side, name: str) -> str | None:
    if finding.rule in _SENTENCES:
        return _SENTENCES[finding.rule][side is Side.OUTPUTS].format(name)
    if finding.rule is RuleId.PROPERTY_REMOVED:
        return f"{name} {_removal(finding, side)}{_notice(finding.before)}"
    if finding.rule is RuleId.DEFAULT_CHANGED:
        return f"the default of {name} was {_cut(finding.before or '')}, is {_cut(finding.after or '')}"
    if finding.rule is RuleId.TYPE_CHANGED:
        before, after = _type(finding.before), _type(finding.after)
        return None if before is None or after is None else f"{name} was {before}, is {after}"
    if finding.rule in _VALUES and finding.subject is not None:
        return f"{_cut(finding.subject)} was {_VALUES[finding.rule]} the values of {name}"
    return None


def _removal(finding: Finding, side: Side) -> str:
    if side is Side.OUTPUTS:
        return "is no longer returned" if finding.verdict is Verdict.BREAKING else "is no longer listed"
    if finding.verdict is Verdict.BREAKING:
        return "is no longer read; setting it does nothing"
    return "can no longer be set" if finding.verdict is None else "is no longer listed"


def _notice(removed: str | None) -> str:
    schema = None if removed is None else json.loads(removed)
    return " (it was deprecated)" if isinstance(schema, dict) and schema.get("deprecated") is True else ""


def _type(text: str | None) -> str | None:
    schema = None if text is None else json.loads(text)
    name = schema.get("type") if isinstance(schema, dict) else None
    return _TYPES.get(name) if isinstance(name, str) else None


_IMPACTS: Mapping[tuple[RuleId, Side | None], str] = {
    (RuleId.PROPERTY_REMOVED, Side.CONFIG): "Configs that set it stay valid, so nothing tells their authors.",
    (RuleId.PROPERTY_REMOVED, Side.OUTPUTS): "References to it get nothing any more.",
    (RuleId.DEFAULT_CHANGED, Side.CONFIG): "No config is refused, but each that leaves it out gets other behaviour.",
    (RuleId.BECAME_IMMUTABLE, Side.CONFIG): "Updates that change it are refused; they worked before.",
}
"""Whom a break affects, where neither an example nor the reason of the rule says it best."""


def impact(rule: RuleId, verdict: Verdict, side: Side | None, example: str | None) -> str:
    """Return whom a change affects, and how."""
    if verdict is Verdict.UNKNOWN:
        return f"Unknown: {RULES[rule].why}"
    if verdict is Verdict.COMPATIBLE:
        return "Dependents need not change anything."
    special = _IMPACTS.get((rule, side))
    if special is not None and (example is None or side is Side.OUTPUTS):
        return special
    if RULES[rule].is_declared and example is None and not rule.startswith("format-"):
        return RULES[rule].why
    if side is Side.CONFIG:
        text = "Configs that were valid are refused"
        return f"{text}, for example {_cut(example)}." if example else f"{text}."
    text = "Dependents get what the older version never returned"
    return f"{text}, for example {_cut(example)}." if example else f"{text}."


def hint(rule: RuleId, verdict: Verdict) -> str:
    """Return what the author can do; nothing where nothing needs doing."""
    return "" if verdict is Verdict.COMPATIBLE else RULES[rule].remedy
