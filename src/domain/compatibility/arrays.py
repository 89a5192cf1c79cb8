"""Comparing arrays."""

from collections.abc import Iterator
from dataclasses import replace

from domain.compatibility.documents import Node
from domain.compatibility.findings import BOTH, Effect, Finding, Pair, Step, Walk, below, effect_of
from domain.compatibility.instances import item
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.scalars import counts
from domain.compatibility.shapes import Contains, Shape


def arrays(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare how many items there are, what they are, and whether they differ."""
    yield from counts(pair)
    yield from _unique(pair)
    yield from _items(pair, walk)
    yield from _contains(pair, walk)


def _unique(pair: Pair) -> Iterator[Finding]:
    old, new = (shape.is_unique or _at_most_one(shape) for shape in (pair.old, pair.new))
    if old is new or pair.old.is_unique is pair.new.is_unique:
        return
    if new:
        yield pair.finding(RuleId.UNIQUE_ITEMS_ADDED, Effect.NARROWER, "uniqueItems")
    else:
        yield pair.finding(RuleId.UNIQUE_ITEMS_REMOVED, Effect.WIDER, "uniqueItems")


def _at_most_one(shape: Shape) -> bool:
    return shape.top is not None and shape.top <= 1


def _items(pair: Pair, walk: Walk) -> Iterator[Finding]:
    prefix = max((len(items.prefix) for shape in (pair.old, pair.new) for items in shape.items), default=0)
    # Where one version has no item any more, their number says so.
    length = min((shape.most for shape in (pair.old, pair.new) if shape.most is not None), default=prefix + 1)
    for index in range(min(prefix + 1, length)):
        old, new = (item(shape.items, index) for shape in (pair.old, pair.new))
        yield from _item(pair, walk, (old, new), index if index < prefix else None)


def _item(pair: Pair, walk: Walk, nodes: tuple[Node, Node], index: int | None) -> Iterator[Finding]:
    step = Step(position=index)
    refused = [any(part.schema is False for part in node) for node in nodes]
    if refused[0] is refused[1]:
        if not refused[0]:
            yield from below(step, walk.compare(*nodes), walk.budget)
        return
    rule, effect = (RuleId.ITEMS_REFUSED, Effect.NARROWER) if refused[1] else (RuleId.ITEMS_ALLOWED, Effect.WIDER)
    yield pair.finding(rule, effect, "items", "additionalItems", "unevaluatedItems", "prefixItems")


def _contains(pair: Pair, walk: Walk) -> Iterator[Finding]:
    old, new = list(pair.old.contains), list(pair.new.contains)
    for one in list(old):
        same = next((other for other in new if _is_same(one, other, walk)), None)
        if same is not None:
            old.remove(one)
            new.remove(same)
    if len(old) == len(new) == 1:
        yield from _changed(pair, walk, old[0], new[0])
        return
    for one in old:
        yield pair.finding(RuleId.CONTAINS_REMOVED, Effect.WIDER, parts=(one.part, None), needs_witness=len(new) > 0)
    for other in new:
        yield pair.finding(RuleId.CONTAINS_ADDED, Effect.NARROWER, parts=(None, other.part), needs_witness=len(old) > 0)


def _is_same(one: Contains, other: Contains, walk: Walk) -> bool:
    counts_alike = (one.least, one.most) == (other.least, other.most)
    return counts_alike and walk.relation((one.part,), (other.part,)) is Effect.NONE


def _changed(pair: Pair, walk: Walk, old: Contains, new: Contains) -> Iterator[Finding]:
    effect = Effect.NONE
    if old.least != new.least:
        effect |= Effect.NARROWER if new.least > old.least else Effect.WIDER
    if old.most != new.most:
        is_fewer = new.most is not None and (old.most is None or new.most < old.most)
        effect |= Effect.NARROWER if is_fewer else Effect.WIDER
    if effect:
        yield pair.finding(RuleId.CONTAINS_CHANGED, effect, "minContains", "maxContains", "contains")
    inside = walk.compare((old.part,), (new.part,))
    needs = bool(old.least or new.least)
    limits = old.most is not None or new.most is not None
    hidden = walk.relation((old.part,), (new.part,)) & ~effect_of(inside) if limits else Effect.NONE
    if hidden:  # what is no break of a value may be one of their number
        yield _as(pair.finding(RuleId.CONTAINS_CHANGED, hidden, "contains"), _counted(hidden, needs=needs))
    for finding in below(Step(), inside, walk.budget):
        probed = finding.probed(pair.nodes)
        if not finding.effect or not limits:
            yield probed
        else:
            yield _as(probed, _counted(finding.effect, needs=needs))


def _counted(effect: Effect, *, needs: bool) -> Effect:
    """Return the effect on arrays that may hold few of the values, and may have to hold some."""
    if needs:
        return BOTH if effect is BOTH else Effect.UNKNOWN
    return effect.flipped


def _as(finding: Finding, effect: Effect) -> Finding:
    return replace(finding, effect=effect, needs_witness=True)
