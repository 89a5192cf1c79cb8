"""Comparing objects: by the names they declare, not by bare sets."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.compatibility.dependencies import dependencies
from domain.compatibility.documents import Document, Node, Part, conjuncts, spelling
from domain.compatibility.findings import BOTH, Effect, Finding, Pair, Step, Walk, below
from domain.compatibility.instances import Effective, member
from domain.compatibility.other_members import others
from domain.compatibility.report import Side
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.scalars import counts
from domain.compatibility.shapes import Shape

_TEXT: Node = (Document.of({"type": "string"}).whole,)


@dataclass(frozen=True, slots=True)
class _Names:
    """Which names are declared by which version."""

    old: Mapping[str, Part]
    new: Mapping[str, Part]

    @classmethod
    def of(cls, pair: Pair) -> "_Names":
        return cls(_declared(pair.old), _declared(pair.new))

    @property
    def kept(self) -> Sequence[str]:
        return [name for name in self.old if name in self.new]

    @property
    def removed(self) -> Sequence[str]:
        return [name for name in self.old if name not in self.new]

    @property
    def added(self) -> Sequence[str]:
        return [name for name in self.new if name not in self.old]


def objects(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare members, names, counts and dependencies."""
    names = _Names.of(pair)
    for name in names.kept:
        yield from _kept(pair, walk, names, name)
    removed = list(_removed(pair, walk, names))
    yield from removed
    for name in names.added:
        yield from _added(pair, walk, names, name)
    yield from _refused(pair, walk, names)
    told = Effect.WIDER if walk.is_strict else BOTH  # that a name is refused says as well that it may be left out
    gone = {found.subject for found in removed if found.effect & told or found.verdict is Verdict.BREAKING}
    yield from _required(pair, names, gone)
    yield from others(pair, walk)
    yield from counts(pair)
    yield from _property_names(pair, walk)
    yield from dependencies(pair, walk)


def _declared(shape: Shape) -> dict[str, Part]:
    """Return the properties that are declared and allowed, in the order of the schema."""
    found: dict[str, Part] = {}
    for group in shape.groups:
        for name, parts in group.declared.items():
            if parts:
                found.setdefault(name, parts[0])
    return {name: part for name, part in found.items() if part.schema is not False}


def _kept(pair: Pair, walk: Walk, names: _Names, name: str) -> Iterator[Finding]:
    old, new = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
    yield from below(Step(name), walk.compare(old.node, new.node), walk.budget)
    if not (old.is_decided and new.is_decided):
        yield _about(pair, names, RuleId.PATTERN_PROPERTIES_CHANGED, Effect.UNKNOWN, name)
    if not walk.is_strict:
        yield from _default(pair, walk, name, (old.node, new.node))


def _default(pair: Pair, walk: Walk, name: str, nodes: tuple[Node, Node]) -> Iterator[Finding]:
    plain = [next((part for part in conjuncts(node) if "default" in part.keywords), None) for node in nodes]
    parts = plain if any(plain) else [_default_of_branch(node) for node in nodes]
    old, new = (None if part is None else spelling(part.keywords["default"]) for part in parts)
    if old == new:
        return
    rule = RuleId.DEFAULT_ADDED if old is None else RuleId.DEFAULT_REMOVED if new is None else RuleId.DEFAULT_CHANGED
    is_required = name in pair.old.required or name in pair.new.required
    if walk.side is Side.OUTPUTS or is_required or _says_nothing(walk, nodes, old, new):
        verdict = Verdict.COMPATIBLE
    else:
        verdict = Verdict.BREAKING if rule is RuleId.DEFAULT_CHANGED and any(plain) else Verdict.UNKNOWN
    finding = replace(pair, nodes=nodes).finding(rule, Effect.NONE, verdict=verdict, parts=(parts[0], parts[1]))
    yield replace(finding, before=old, after=new, subject=name).below(Step(name))


def _says_nothing(walk: Walk, nodes: tuple[Node, Node], old: str | None, new: str | None) -> bool:
    """Tell whether a default of null came or went where null means that nothing is set."""
    if {old, new} != {"null", None}:
        return False
    return walk.shaper.validator.accepts(nodes[0] if new is None else nodes[1], None) is True


def _default_of_branch(node: Node) -> Part | None:
    """Return what has a default in one of several cases, where it cannot be told whether it applies."""
    branches = (part for whole in conjuncts(node) for word in ("anyOf", "oneOf") for part in whole.listed(word))
    return next((part for branch in branches for part in conjuncts((branch,)) if "default" in part.keywords), None)


def _about(
    pair: Pair, names: _Names, rule: RuleId, effect: Effect, name: str, *, verdict: Verdict | None = None
) -> Finding:
    """Return a finding about a member, whose effect shows in the object."""
    parts = (names.old.get(name), names.new.get(name))
    finding = pair.finding(rule, effect, verdict=verdict, subject=name, parts=parts)
    return replace(finding, path=(Step(name),), places=((Step(name),),))


def _is_covered(effective: Effective) -> bool:
    """Tell whether members of that name are those of a map, or match a pattern."""
    return bool(effective.node) and not effective.is_refused and not effective.is_declared


def _removed(pair: Pair, walk: Walk, names: _Names) -> Iterator[Finding]:
    renames = {} if walk.is_strict else _likely_names(names)
    for name in names.removed:
        old, new = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
        finding = _about(pair, names, RuleId.PROPERTY_REMOVED, Effect.NONE, name)
        finding = replace(finding, renamed_to=renames.get(name))
        if not (old.is_decided and new.is_decided):
            yield replace(finding, effect=Effect.UNKNOWN)
        elif walk.is_strict or _is_covered(new):
            effect = walk.relation(old.node, new.node)
            if effect or not walk.is_strict:
                yield replace(finding, effect=effect, verdict=None if effect else Verdict.COMPATIBLE)
        elif new.is_refused and walk.side is Side.CONFIG:
            yield replace(finding, effect=Effect.NARROWER)
        elif walk.side is Side.OUTPUTS and name in pair.old.required and name not in pair.new.required:
            yield replace(finding, effect=BOTH, verdict=Verdict.BREAKING)
        else:
            yield replace(finding, verdict=Verdict.BREAKING)


def _likely_names(names: _Names) -> Mapping[str, str]:
    """Return new names of properties that are gone, where one alone is gone and one alone has come with that schema."""
    gone, come = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for name in names.removed:
        gone[_bare(names.old[name])].append(name)
    for name in names.added if gone else ():
        come[_bare(names.new[name])].append(name)
    return {few[0]: come[schema][0] for schema, few in gone.items() if len(few) == 1 and len(come.get(schema, ())) == 1}


def _bare(part: Part) -> str:
    return spelling(
        {keyword: value for keyword, value in part.keywords.items() if keyword not in {"title", "description"}}
    )


def _added(pair: Pair, walk: Walk, names: _Names, name: str) -> Iterator[Finding]:
    old, new = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
    finding = _about(pair, names, RuleId.PROPERTY_ADDED, Effect.NONE, name)
    if not (old.is_decided and new.is_decided):
        yield replace(finding, effect=Effect.UNKNOWN)
        return
    if walk.is_strict or _is_covered(old):
        effect = walk.relation(old.node, new.node)
        if effect or not walk.is_strict:
            yield replace(finding, effect=effect, verdict=None if effect else Verdict.COMPATIBLE)
        return
    is_free = not old.node and not walk.relation(old.node, new.node)
    is_invited = any(group.is_invited for group in pair.old.groups) and not old.is_refused and not is_free
    if is_invited and walk.side is Side.CONFIG:
        yield replace(finding, verdict=Verdict.UNKNOWN)
    else:
        yield replace(finding, verdict=Verdict.COMPATIBLE)


def _refused(pair: Pair, walk: Walk, names: _Names) -> Iterator[Finding]:
    """Compare names that one version refuses outright and the other does not mention."""
    old, new = (
        {name for group in shape.groups for name, parts in group.declared.items() if parts}
        for shape in (pair.old, pair.new)
    )
    for name in sorted((old ^ new) - names.old.keys() - names.new.keys()):
        before, after = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
        effect = walk.relation(before.node, after.node)
        if not (before.is_decided and after.is_decided):
            yield _about(pair, names, RuleId.PROPERTY_REMOVED, Effect.UNKNOWN, name)
        elif effect & ~Effect.WIDER:
            yield _about(pair, names, RuleId.PROPERTY_REMOVED, effect, name)
        elif effect:
            verdict = None if walk.is_strict or _is_covered(after) else Verdict.COMPATIBLE
            yield _about(pair, names, RuleId.PROPERTY_ADDED, effect, name, verdict=verdict)


def _required(pair: Pair, names: _Names, gone: set[str | None]) -> Iterator[Finding]:
    for name in sorted(pair.new.required - pair.old.required):
        is_new = name in names.new and name not in names.old
        has_default = name in names.new and any("default" in p.keywords for p in conjuncts((names.new[name],)))
        rule = (
            RuleId.REQUIRED_WITH_DEFAULT if has_default else
            RuleId.REQUIRED_PROPERTY_ADDED if is_new else RuleId.BECAME_REQUIRED
        )  # fmt: skip
        yield _named(pair, rule, Effect.NARROWER, name)
    for name in sorted(pair.old.required - pair.new.required):
        if name not in gone:
            yield _named(pair, RuleId.BECAME_OPTIONAL, Effect.WIDER, name)


def _named(pair: Pair, rule: RuleId, effect: Effect, name: str) -> Finding:
    finding = pair.finding(rule, effect, "required", subject=name)
    return replace(finding, path=(Step(name),), places=((Step(name),),))


def _property_names(pair: Pair, walk: Walk) -> Iterator[Finding]:
    if not pair.old.names and not pair.new.names:
        return
    effect = walk.relation(_TEXT + pair.old.names, _TEXT + pair.new.names)
    rule = RuleId.PROPERTY_NAMES_NARROWED if effect & ~Effect.WIDER else RuleId.PROPERTY_NAMES_WIDENED
    if effect:
        yield pair.finding(rule, effect, "propertyNames")
