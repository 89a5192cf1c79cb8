"""Comparing what members of an object make necessary."""

from collections.abc import Iterator, Mapping

from domain.compatibility.documents import Node
from domain.compatibility.findings import Effect, Finding, Pair, Walk, effect_of
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.shapes import Shape

_KEYWORDS = ("dependentRequired", "dependencies")


def dependencies(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare which names need which others, and what applies to the object where a name is there."""
    old, new = pair.old.requires, pair.new.requires
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, frozenset()), new.get(name, frozenset())
        if after - before - pair.old.required:
            yield pair.finding(RuleId.DEPENDENCY_ADDED, Effect.NARROWER, *_KEYWORDS, subject=name)
        if before - after - pair.new.required:
            yield pair.finding(RuleId.DEPENDENCY_REMOVED, Effect.WIDER, *_KEYWORDS, subject=name)
    schemas_old, schemas_new = _grouped(pair.old), _grouped(pair.new)
    for name in sorted(schemas_old.keys() | schemas_new.keys()):
        yield from _schemas(pair, walk, name, (schemas_old.get(name, ()), schemas_new.get(name, ())))


def _schemas(pair: Pair, walk: Walk, name: str, nodes: tuple[Node, Node]) -> Iterator[Finding]:
    """Compare schemas that apply beside others, so that what one does not declare may be declared by these."""
    old, new = nodes
    found = list(walk.compare(old, new)) if old and new else []
    yield from (finding.probed(pair.nodes) for finding in found)
    effect = walk.relation(old, new) & ~effect_of(found)
    rules = {Effect.NARROWER: RuleId.DEPENDENCY_ADDED, Effect.WIDER: RuleId.DEPENDENCY_REMOVED}
    rule = rules.get(effect, RuleId.DEPENDENCY_ADDED if new else RuleId.DEPENDENCY_REMOVED)
    if effect:
        parts = (old[0] if old else None, new[0] if new else None)
        yield pair.finding(rule, effect, parts=parts, subject=name, needs_witness=bool(old and new))


def _grouped(shape: Shape) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for name, part in shape.dependents:
        found[name] = (*found.get(name, ()), part)
    return found
