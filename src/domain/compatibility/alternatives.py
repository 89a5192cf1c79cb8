"""Comparing alternatives of one type, which are paired by what they mean and never by their order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.compatibility.findings import Effect, Finding, Pair, Walk, target
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.shapes import Shape

Facets = Callable[[Pair], Sequence[Finding]]


def alternatives(
    old: Sequence[Shape], new: Sequence[Shape], pair: Pair, walk: Walk, facets: Facets
) -> Iterator[Finding]:
    """Compare lists of alternatives.

    Args:
        old: The old alternatives of one type.
        new: The new ones.
        pair: The nodes that they belong to, with any of their shapes.
        walk: What compares nodes.
        facets: What compares one with one.
    """
    if len(old) == len(new) == 1:
        yield from facets(replace(pair, old=old[0], new=new[0]))
        return
    table = _Table(old, new, pair, walk)
    for one, other in table.equal():
        yield from facets(replace(pair, old=old[one], new=new[other]))
    for one, other in table.similar():
        yield from _beside_others(
            facets(replace(pair, old=old[one], new=new[other])),
            table.ignored(one, other),
            walk,
            needs_witness=len(new) > 1,
        )
    for one in table.left_old:
        if not table.is_covered(one):
            rule = RuleId.ONE_OF_BRANCH_REMOVED if old[one].origin == "oneOf" else RuleId.ANY_OF_BRANCH_REMOVED
            yield _branch(pair, rule, Effect.NARROWER, old[one], None)
    for other in table.left_new:
        if not table.is_known(other):
            rule = RuleId.ONE_OF_BRANCH_ADDED if new[other].origin == "oneOf" else RuleId.ANY_OF_BRANCH_ADDED
            yield _branch(pair, rule, Effect.WIDER, None, new[other])


_ALL = Effect.NARROWER | Effect.WIDER


def _beside_others(
    findings: Sequence[Finding], ignored: Effect, walk: Walk, *, needs_witness: bool
) -> Iterator[Finding]:
    """Leave out effects that other alternatives make up for.

    Where schemas refer to themselves a finding is told once, and may count elsewhere too: then it is kept in doubt.
    """
    for finding in findings:
        effect = finding.effect & ~ignored
        if finding.verdict is not None or not finding.effect:
            yield finding
        elif effect and not (effect is Effect.UNKNOWN and ignored == _ALL):
            yield replace(finding, effect=effect, needs_witness=finding.needs_witness or needs_witness)
        elif walk.has_recursion and not walk.is_strict:
            yield replace(finding, effect=Effect.UNKNOWN, needs_witness=True)


def _branch(pair: Pair, rule: RuleId, effect: Effect, old: Shape | None, new: Shape | None) -> Finding:
    parts = [None if shape is None or shape.branch is None else target(shape.branch) for shape in (old, new)]
    return pair.finding(rule, effect, needs_witness=True, parts=(parts[0], parts[1]))


@dataclass(slots=True)
class _Table:
    """How each old alternative relates to each new one."""

    old: Sequence[Shape]
    new: Sequence[Shape]
    pair: Pair
    walk: Walk
    left_old: list[int]
    left_new: list[int]
    relations: dict[tuple[int, int], Effect]

    def __init__(self, old: Sequence[Shape], new: Sequence[Shape], pair: Pair, walk: Walk) -> None:
        self.old, self.new, self.pair, self.walk = old, new, pair, walk
        self.left_old, self.left_new = list(range(len(old))), list(range(len(new)))
        self.relations = {}

    def equal(self) -> Iterator[tuple[int, int]]:
        """Return pairs that mean the same."""
        for one in list(self.left_old):
            for other in self.left_new:
                if self._relation(one, other) is Effect.NONE:
                    yield self._paired(one, other)
                    break

    def similar(self) -> Iterator[tuple[int, int]]:
        """Return pairs of what is left: by their constants first, then by what they have in common."""
        for score in (_by_constant(self.walk), _by_names):
            ranked = sorted(
                (
                    (-score(self.old[one], self.new[other]), one, other)
                    for one in self.left_old
                    for other in self.left_new
                ),
            )
            for rank, one, other in ranked:
                if rank < 0 and one in self.left_old and other in self.left_new:
                    yield self._paired(one, other)
        if len(self.left_old) == len(self.left_new) == 1:
            yield self._paired(self.left_old[0], self.left_new[0])

    def ignored(self, one: int, other: int) -> Effect:
        """Return the effects of a pair that other alternatives make up for."""
        narrower = Effect.NARROWER if self.is_covered(one) else Effect.NONE
        return narrower | (Effect.WIDER if self.is_known(other) else Effect.NONE)

    def is_covered(self, one: int) -> bool:
        """Tell whether a new alternative takes all that an old one takes."""
        return any(not self._relation(one, other) & ~Effect.WIDER for other in range(len(self.new)))

    def is_known(self, other: int) -> bool:
        """Tell whether an old alternative took all that a new one takes."""
        return any(not self._relation(one, other) & ~Effect.NARROWER for one in range(len(self.old)))

    def _paired(self, one: int, other: int) -> tuple[int, int]:
        self.left_old.remove(one)
        self.left_new.remove(other)
        return one, other

    def _relation(self, one: int, other: int) -> Effect:
        if (one, other) not in self.relations:
            pair = replace(self.pair, old=self.old[one], new=self.new[other])
            self.relations[one, other] = self.walk.shape_relation(pair)
        return self.relations[one, other]


def _by_constant(walk: Walk) -> Callable[[Shape, Shape], float]:
    def constants(shape: Shape) -> Mapping[str, frozenset[str]]:
        found = {name: walk.shaper.constants(shape, name) for name in shape.required | _names(shape)}
        return {name: frozenset(values) for name, values in found.items() if values and len(values) <= 3}

    def score(old: Shape, new: Shape) -> float:
        mine, theirs = constants(old), constants(new)
        return float(sum(1 for name in mine.keys() & theirs.keys() if mine[name] & theirs[name]))

    return score


def _by_names(old: Shape, new: Shape) -> float:
    mine, theirs = _names(old), _names(new)
    alike = len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
    return alike if alike >= 0.5 else 0.0


def _names(shape: Shape) -> frozenset[str]:
    return frozenset(name for group in shape.groups for name in group.declared)
