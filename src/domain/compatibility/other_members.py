"""Comparing members that have no name of their own: by pattern, and all others."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import combinations

from domain.compatibility import patterns
from domain.compatibility.automata import UndecidedError
from domain.compatibility.documents import Node
from domain.compatibility.findings import Effect, Finding, Pair, Step, Walk, below, effect_of
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.shapes import Shape

_OTHER = Step(is_any=True)
_MAX_PATTERNS = 4


def others(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare what applies to members that neither version declares."""
    yield from _rest(pair, walk)
    found, together = list(_patterns(pair, walk)), _together(pair, walk)
    if together is not None and not together & Effect.UNKNOWN:
        found = [finding for finding in (_limited(one, together) for one in found) if finding is not None]
    yield from found
    hidden = Effect.NONE if together is None else together & ~effect_of(found)
    if hidden:
        yield pair.finding(RuleId.PATTERN_PROPERTIES_CHANGED, hidden, "patternProperties", needs_witness=True)


def _rest(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare what applies to members that neither version declares."""
    old, new = (_rests(shape) for shape in (pair.old, pair.new))
    refused = [any(part.schema is False for part in node) for node in (old, new)]
    keywords = ("additionalProperties", "unevaluatedProperties")
    if refused[0] and refused[1]:
        return
    if refused[1]:
        if not _only_declared(pair):
            yield pair.finding(RuleId.ADDITIONAL_PROPERTIES_REFUSED, Effect.NARROWER, *keywords)
    elif refused[0]:
        declared = None if walk.is_strict else Verdict.COMPATIBLE
        effect = Effect.WIDER if walk.is_strict else Effect.NONE
        yield pair.finding(RuleId.ADDITIONAL_PROPERTIES_ALLOWED, effect, *keywords, verdict=declared)
    elif bool(old) is bool(new):
        yield from below(_OTHER, walk.compare(old, new), walk.budget)
    else:
        effect = walk.relation(old, new)
        rule = RuleId.ADDITIONAL_PROPERTIES_NARROWED if new else RuleId.ADDITIONAL_PROPERTIES_ALLOWED
        if effect:
            yield pair.finding(rule, effect, *keywords)


def _rests(shape: Shape) -> Node:
    return tuple(group.rest for group in shape.groups if group.rest is not None)


def _only_declared(pair: Pair) -> bool:
    """Tell whether members beyond the declared ones were impossible anyway."""
    return pair.old.most == 0


def _patterns(pair: Pair, walk: Walk) -> Iterator[Finding]:
    old, new = (_by_pattern(shape) for shape in (pair.old, pair.new))
    for pattern in sorted(old.keys() | new.keys()):
        if pattern in old and pattern in new:
            found = walk.compare(old[pattern], new[pattern])
            yield from below(Step(pattern, is_any=True), found, walk.budget)
            continue
        mine = old.get(pattern, _rests(pair.old)), new.get(pattern, _rests(pair.new))
        effect = walk.relation(*mine)
        if effect:
            parts = (old.get(pattern, (None,))[0], new.get(pattern, (None,))[0])
            finding = pair.finding(
                RuleId.PATTERN_PROPERTIES_CHANGED,
                effect,
                parts=parts,
                subject=pattern,
                needs_witness=len(old) + len(new) > 1,
            )
            yield replace(finding, path=(Step(pattern, is_any=True),), places=((Step(pattern, is_any=True),),))


def _by_pattern(shape: Shape) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for group in shape.groups:
        for pattern, parts in group.patterns.items():
            if parts:
                found[pattern] = (*found.get(pattern, ()), *parts)
    return found


def _limited(finding: Finding, together: Effect) -> Finding | None:
    """Leave out what other patterns make up for, where a pattern came or went."""
    if finding.rule is not RuleId.PATTERN_PROPERTIES_CHANGED or len(finding.path) > 1:
        return finding
    effect = finding.effect & together
    return replace(finding, effect=effect) if effect else None


def _together(pair: Pair, walk: Walk) -> Effect | None:
    """Compare what applies to names that match several patterns, or a pattern here and none there.

    None if each pattern can be compared alone.
    """
    if _is_plain(pair):
        return None
    every = sorted({pattern for shape in (pair.old, pair.new) for group in shape.groups for pattern in group.patterns})
    if len(every) > _MAX_PATTERNS:
        return Effect.UNKNOWN
    effect = Effect.NONE
    for count in range(1, len(every) + 1):
        for matching in combinations(every, count):
            if _is_possible(matching, [other for other in every if other not in matching], walk):
                effect |= walk.relation(*(_applying(shape, set(matching)) for shape in (pair.old, pair.new)))
    return effect


def _is_plain(pair: Pair) -> bool:
    """Tell whether each pattern can be compared alone: one keyword for them on each side, with equal patterns."""
    sides = [
        [group for group in shape.groups if group.patterns or group.rest is not None] for shape in (pair.old, pair.new)
    ]
    if not any(group.patterns for groups in sides for group in groups):
        return True
    if any(len(groups) > 1 for groups in sides):
        return False
    old, new = (groups[0].patterns.keys() if groups else set() for groups in sides)
    return old == new or len(old | new) == 1


def _is_possible(matching: tuple[str, ...], others: list[str], walk: Walk) -> bool:
    try:
        return patterns.distinction(matching, others, walk.budget) is not None
    except UndecidedError:
        return True


def _applying(shape: Shape, matching: AbstractSet[str]) -> Node:
    """Return what applies to an undeclared name that matches these patterns and no others."""
    node: Node = ()
    for group in shape.groups:
        found = matching & group.patterns.keys()
        if found:
            node += tuple(part for pattern in sorted(found) for part in group.patterns[pattern])
        elif group.rest is not None:
            node += (group.rest,)
    return node
