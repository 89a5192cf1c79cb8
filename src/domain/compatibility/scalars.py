"""Comparing numbers, texts, and how much there is of something."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from domain.compatibility import formats, patterns
from domain.compatibility.automata import UndecidedError
from domain.compatibility.findings import Effect, Finding, Pair, Walk
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.shapes import Bound, Shape, common_step, inclusive

_COUNTS: Mapping[str, tuple[str, str, str]] = {
    "string": ("length", "minLength", "maxLength"),
    "array": ("items", "minItems", "maxItems"),
    "object": ("properties", "minProperties", "maxProperties"),
}


_MAX_COUNTED = 64
"""The greatest length that is looked for in patterns."""


def numbers(pair: Pair) -> Iterator[Finding]:
    """Compare integers, bounds and steps."""
    old, new = pair.old, pair.new
    if old.is_integer is not new.is_integer:
        narrows = new.is_integer
        rule = RuleId.TYPE_NARROWED if narrows else RuleId.TYPE_WIDENED
        yield pair.finding(rule, Effect.NARROWER if narrows else Effect.WIDER, "type")
    yield from _bounds(pair, old.low, new.low, 1)
    yield from _bounds(pair, old.high, new.high, -1)
    if old.step != new.step:
        yield from _steps(pair)


def _bounds(pair: Pair, old: Bound | None, new: Bound | None, sign: int) -> Iterator[Finding]:
    slug, keywords = (
        ("minimum", ("minimum", "exclusiveMinimum")) if sign > 0 else ("maximum", ("maximum", "exclusiveMaximum"))
    )
    if old == new or _moved_with_type(pair, old, new, sign):
        return
    if old is None or new is None:
        rule, effect = (f"{slug}-added", Effect.NARROWER) if old is None else (f"{slug}-removed", Effect.WIDER)
    else:
        is_tighter = (sign * new[0], new[1]) > (sign * old[0], old[1])
        is_raised = is_tighter is (sign > 0)
        rule = f"{slug}-{'raised' if is_raised else 'lowered'}"
        effect = Effect.NARROWER if is_tighter else Effect.WIDER
    yield pair.finding(RuleId(rule), effect, *keywords)


def _moved_with_type(pair: Pair, old: Bound | None, new: Bound | None, sign: int) -> bool:
    """Tell whether a bound differs only because of whole numbers, which is told as a change of the type."""
    if pair.old.is_integer is pair.new.is_integer:
        return False
    bound, whole, step = (new, old, pair.old.step) if pair.old.is_integer else (old, new, pair.new.step)
    return inclusive(bound, step, sign) == whole


def _steps(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old.step, pair.new.step
    if pair.old.is_integer is not pair.new.is_integer:
        step, whole = (new, old) if pair.old.is_integer else (old, new)
        if common_step(step, Fraction(1)) == whole:
            return  # told as a change of the type
    written = ["multipleOf" in shape.where for shape in (pair.old, pair.new)]
    narrows = new is not None and (old is None or (old / new).denominator != 1)
    widens = old is not None and (new is None or (new / old).denominator != 1)
    effect = (Effect.NARROWER if narrows else Effect.NONE) | (Effect.WIDER if widens else Effect.NONE)
    rule = (
        RuleId.MULTIPLE_OF_CHANGED if all(written) else
        RuleId.MULTIPLE_OF_ADDED if written[1] else RuleId.MULTIPLE_OF_REMOVED
    )  # fmt: skip
    if effect:
        yield pair.finding(rule, effect, "multipleOf")


def counts(pair: Pair) -> Iterator[Finding]:
    """Compare lengths and numbers of items and members. What is implied by other keywords is no change."""
    noun, least, most = _COUNTS[pair.old.type]
    floor_old, floor_new = _floor(pair.old), _floor(pair.new)
    if pair.new.least > floor_old:
        rule = RuleId(f"min-{noun}-{'raised' if pair.old.least else 'added'}")
        yield pair.finding(rule, Effect.NARROWER, least)
    elif pair.old.least > floor_new:
        rule = RuleId(f"min-{noun}-{'lowered' if pair.new.least else 'removed'}")
        yield pair.finding(rule, Effect.WIDER, least)
    top_old, top_new = pair.old.top, pair.new.top
    if pair.new.most is not None and (top_old is None or pair.new.most < top_old):
        rule = RuleId(f"max-{noun}-{'added' if pair.old.most is None else 'lowered'}")
        yield pair.finding(rule, Effect.NARROWER, most)
    elif pair.old.most is not None and (top_new is None or pair.old.most < top_new):
        rule = RuleId(f"max-{noun}-{'removed' if pair.new.most is None else 'raised'}")
        yield pair.finding(rule, Effect.WIDER, most)


def _floor(shape: Shape) -> int:
    return max(shape.least, len(shape.required))


def strings(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare texts."""
    yield from (finding for finding in counts(pair) if not _is_implied_length(pair, finding.effect, walk))
    yield from _patterns(pair, walk)
    yield from _formats(pair)


def _is_implied_length(pair: Pair, effect: Effect, walk: Walk) -> bool:
    """Tell whether a length that one version sets follows from the patterns of the other."""
    free, bound = (pair.old, pair.new) if effect is Effect.NARROWER else (pair.new, pair.old)
    most = "" if bound.most is None else bound.most
    if not free.patterns or bound.least > _MAX_COUNTED or (bound.most or 0) > _MAX_COUNTED:
        return False
    return _implied(free.patterns, frozenset({rf"^(?:.|[\n\r\u2028\u2029]){{{bound.least},{most}}}$"}), walk) is False


def _patterns(pair: Pair, walk: Walk) -> Iterator[Finding]:
    old, new = pair.old.patterns, pair.new.patterns
    if old == new:
        return
    narrows, widens = _implied(old, new, walk), _implied(new, old, walk)
    is_changed = bool(old - new) and bool(new - old)
    effect = Effect.NONE
    for refused, side in ((narrows, Effect.NARROWER), (widens, Effect.WIDER)):
        if refused:
            effect |= side
        elif refused is None:
            # Without a pattern on the other side, one that is not understood still excludes something.
            is_sure = not (old if side is Effect.NARROWER else new)
            effect |= side if is_sure else Effect.UNKNOWN
    rule = RuleId.PATTERN_CHANGED if is_changed else RuleId.PATTERN_ADDED if new - old else RuleId.PATTERN_REMOVED
    if effect:
        yield pair.finding(rule, effect, "pattern")


def _implied(given: frozenset[str], wanted: frozenset[str], walk: Walk) -> bool | None:
    """Tell whether a text that fits all given patterns may fail a wanted one: no, yes, or undecided."""
    verdict: bool | None = False
    for pattern in sorted(wanted - given):
        outcomes = [_differs_from(known, pattern, walk) for known in sorted(given) or [""]]
        if False in outcomes:
            continue
        if len(outcomes) == 1 and outcomes[0]:
            return True
        verdict = None
    return verdict


def _differs_from(taken: str, refused: str, walk: Walk) -> bool | None:
    try:
        return patterns.difference(taken, refused, walk.budget) is not None
    except UndecidedError:
        return None


def _formats(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old.formats - formats.HINTS, pair.new.formats - formats.HINTS
    added = {name for name in new - old if not any(name in formats.WIDER.get(known, ()) for known in old)}
    removed = {name for name in old - new if not any(name in formats.WIDER.get(known, ()) for known in new)}
    if not added and not removed:
        return
    is_changed = bool(old - new) and bool(new - old)
    rule = RuleId.FORMAT_CHANGED if is_changed else RuleId.FORMAT_ADDED if added else RuleId.FORMAT_REMOVED
    effect = (Effect.NARROWER if added else Effect.NONE) | (Effect.WIDER if removed else Effect.NONE)
    if not (added | removed) <= formats.KNOWN:
        yield pair.finding(rule, Effect.UNKNOWN, "format", verdict=Verdict.UNKNOWN)
    else:
        yield pair.finding(rule, effect, "format")
