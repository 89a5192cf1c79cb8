"""Comparing lists of values: each is tried against the other version."""

from collections.abc import Iterator, Sequence

from domain.compatibility.documents import spelling
from domain.compatibility.findings import Effect, Finding, Pair
from domain.compatibility.instances import InstanceValidator
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.shapes import Shape

_KEYWORDS = ("enum", "const")


def values(
    pair: Pair, options: tuple[Sequence[Shape], Sequence[Shape]], validator: InstanceValidator
) -> Iterator[Finding]:
    """Compare two shapes of one type of which one at least lists its values.

    Args:
        pair: The shapes; the values of several alternatives are put together.
        options: All alternatives of that type.
        validator: What decides whether a value is valid.
    """
    refused, effect_refused = _tried(pair.old, options[1], validator, Effect.NARROWER)
    fresh, effect_fresh = _tried(pair.new, options[0], validator, Effect.WIDER)
    if pair.old.values is None:
        effect = Effect.NARROWER | effect_fresh
        yield pair.finding(RuleId.ENUM_ADDED, effect, *_KEYWORDS)
    elif pair.new.values is None:
        effect = Effect.WIDER | effect_refused
        yield pair.finding(RuleId.ENUM_REMOVED, effect, *_KEYWORDS)
    elif refused and fresh and len(pair.old.values) == len(pair.new.values) == 1:
        yield pair.finding(RuleId.CONST_CHANGED, effect_refused | effect_fresh, *_KEYWORDS)
    else:
        if refused:
            yield pair.finding(RuleId.ENUM_VALUE_REMOVED, effect_refused, *_KEYWORDS, subject=_named(refused))
        if fresh:
            yield pair.finding(RuleId.ENUM_VALUE_ADDED, effect_fresh, *_KEYWORDS, subject=_named(fresh))


def _tried(
    shape: Shape, options: Sequence[Shape], validator: InstanceValidator, effect: Effect
) -> tuple[list[object], Effect]:
    """Return the values of one version that the other refuses, or may refuse, and the effect of that."""
    verdicts = {
        text: [validator.fits(option, value) for option in options] for text, value in (shape.values or {}).items()
    }
    refused = [value for text, value in (shape.values or {}).items() if True not in verdicts[text]]
    if not refused:
        return [], Effect.NONE
    is_sure = any(None not in found and True not in found for found in verdicts.values())
    return refused, effect if is_sure else Effect.UNKNOWN


def _named(found: Sequence[object]) -> str:
    shown = ", ".join(spelling(value)[:40] for value in found[:5])
    return shown if len(found) <= 5 else f"{shown} and {len(found) - 5} more"
