"""Comparing objects: by the names they declare, not by bare sets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.compatibility.documents import Document, Node, Part, conjuncts, spelling
from domain.compatibility.findings import BOTH, Effect, Finding, Pair, Step, Walk, below
from domain.compatibility.instances import Effective, member
from domain.compatibility.report import Side
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.scalars import counts
from domain.compatibility.shapes import Shape

_OTHER = Step(is_any=True)
_TEXT: Node = (Document.of({"type": "string"}).whole,)


@dataclass(frozen=True, slots=True)
class _Names:
    """Which names are declared by which version."""

    kept: Sequence[str]
    removed: Sequence[str]
    added: Sequence[str]

    @classmethod
    def of(cls, pair: Pair) -> "_Names":
        old, new = (_declared(shape) for shape in (pair.old, pair.new))
        return cls([n for n in old if n in new], [n for n in old if n not in new], [n for n in new if n not in old])


def objects(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare members, names, counts and dependencies."""
    names = _Names.of(pair)
    for name in names.kept:
        yield from _kept(pair, walk, name)
    removed = list(_removed(pair, walk, names))
    yield from removed
    for name in names.added:
        yield from _added(pair, walk, name)
    yield from _refused(pair, walk)
    yield from _required(pair, {finding.subject for finding in removed if finding.effect or finding.verdict})
    yield from _rest(pair, walk)
    yield from _patterns(pair, walk)
    yield from counts(pair)
    yield from _property_names(pair, walk)
    yield from _dependencies(pair, walk)


def _declared(shape: Shape) -> dict[str, Part]:
    """Return the properties that are declared and allowed, in the order of the schema."""
    found: dict[str, Part] = {}
    for group in shape.groups:
        for name, parts in group.declared.items():
            if parts:
                found.setdefault(name, parts[0])
    return {name: part for name, part in found.items() if part.schema is not False}


def _kept(pair: Pair, walk: Walk, name: str) -> Iterator[Finding]:
    old, new = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
    yield from below(Step(name), walk.compare(old.node, new.node), walk.budget)
    if not (old.is_decided and new.is_decided):
        yield replace(_about(pair, RuleId.PATTERN_PROPERTIES_CHANGED, Effect.UNKNOWN, name))
    if not walk.is_strict:
        yield from _default(pair, walk, name, (old.node, new.node))


def _default(pair: Pair, walk: Walk, name: str, nodes: tuple[Node, Node]) -> Iterator[Finding]:
    parts = tuple(next((part for part in conjuncts(node) if "default" in part.keywords), None) for node in nodes)
    old, new = (None if part is None else spelling(part.keywords["default"]) for part in parts)
    if old == new:
        return
    rule = RuleId.DEFAULT_ADDED if old is None else RuleId.DEFAULT_REMOVED if new is None else RuleId.DEFAULT_CHANGED
    is_required = name in pair.old.required or name in pair.new.required
    says_nothing = "null" in {old, new} and None in {old, new}
    if walk.side is Side.OUTPUTS or is_required or says_nothing:
        verdict = Verdict.COMPATIBLE
    else:
        verdict = Verdict.BREAKING if rule is RuleId.DEFAULT_CHANGED else Verdict.UNKNOWN
    finding = replace(pair, nodes=nodes).finding(rule, Effect.NONE, verdict=verdict, parts=(parts[0], parts[1]))
    yield replace(finding, before=old, after=new, subject=name).below(Step(name))


def _about(pair: Pair, rule: RuleId, effect: Effect, name: str, *, verdict: Verdict | None = None) -> Finding:
    """Return a finding about a member, whose effect shows in the object."""
    parts = [_declared(shape).get(name) for shape in (pair.old, pair.new)]
    finding = pair.finding(rule, effect, verdict=verdict, subject=name, parts=(parts[0], parts[1]))
    return replace(finding, path=(Step(name),), places=((Step(name),),))


def _is_covered(effective: Effective) -> bool:
    """Tell whether members of that name are those of a map, or match a pattern."""
    return bool(effective.node) and not effective.is_refused and not effective.is_declared


def _removed(pair: Pair, walk: Walk, names: _Names) -> Iterator[Finding]:
    for name in names.removed:
        old, new = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
        finding = _about(pair, RuleId.PROPERTY_REMOVED, Effect.NONE, name)
        renamed = None if walk.is_strict else _likely_name(pair, name, names)
        finding = replace(finding, renamed_to=renamed)
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


def _likely_name(pair: Pair, name: str, names: _Names) -> str | None:
    gone, come = _declared(pair.old), _declared(pair.new)
    alike = [other for other in names.added if _bare(gone[name]) == _bare(come[other])]
    rivals = [other for other in names.removed if _bare(gone[other]) == _bare(gone[name])]
    return alike[0] if len(alike) == 1 and rivals == [name] else None


def _bare(part: Part) -> str:
    return spelling(
        {keyword: value for keyword, value in part.keywords.items() if keyword not in {"title", "description"}}
    )


def _added(pair: Pair, walk: Walk, name: str) -> Iterator[Finding]:
    old, new = (member(shape.groups, name, walk.budget) for shape in (pair.old, pair.new))
    finding = _about(pair, RuleId.PROPERTY_ADDED, Effect.NONE, name)
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


def _refused(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare names that one version refuses outright and the other does not mention."""
    old, new = (
        {name for group in shape.groups for name, parts in group.declared.items() if parts}
        for shape in (pair.old, pair.new)
    )
    declared = _declared(pair.old).keys() | _declared(pair.new).keys()
    for name in sorted((old ^ new) - declared):
        nodes = [member(shape.groups, name, walk.budget).node for shape in (pair.old, pair.new)]
        effect = walk.relation(*nodes)
        if effect & ~Effect.WIDER:
            yield _about(pair, RuleId.PROPERTY_REMOVED, effect, name)
        elif effect:
            declared_verdict = None if walk.is_strict else Verdict.COMPATIBLE
            yield _about(pair, RuleId.PROPERTY_ADDED, effect, name, verdict=declared_verdict)


def _required(pair: Pair, gone: set[str | None]) -> Iterator[Finding]:
    declared_old, declared_new = _declared(pair.old), _declared(pair.new)
    for name in sorted(pair.new.required - pair.old.required):
        is_new = name in declared_new and name not in declared_old
        has_default = name in declared_new and any("default" in p.keywords for p in conjuncts((declared_new[name],)))
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


def _property_names(pair: Pair, walk: Walk) -> Iterator[Finding]:
    if not pair.old.names and not pair.new.names:
        return
    effect = walk.relation(_TEXT + pair.old.names, _TEXT + pair.new.names)
    rule = RuleId.PROPERTY_NAMES_NARROWED if effect & ~Effect.WIDER else RuleId.PROPERTY_NAMES_WIDENED
    if effect:
        yield pair.finding(rule, effect, "propertyNames")


def _dependencies(pair: Pair, walk: Walk) -> Iterator[Finding]:
    old, new = pair.old.requires, pair.new.requires
    keywords = ("dependentRequired", "dependencies")
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, frozenset()), new.get(name, frozenset())
        if after - before - pair.old.required:
            yield pair.finding(RuleId.DEPENDENCY_ADDED, Effect.NARROWER, *keywords, subject=name)
        if before - after - pair.new.required:
            yield pair.finding(RuleId.DEPENDENCY_REMOVED, Effect.WIDER, *keywords, subject=name)
    schemas_old, schemas_new = _grouped(pair.old), _grouped(pair.new)
    for name in sorted(schemas_old.keys() | schemas_new.keys()):
        earlier, later = schemas_old.get(name, ()), schemas_new.get(name, ())
        if earlier and later:
            yield from (finding.probed(pair.nodes) for finding in walk.compare(earlier, later))
            continue
        effect = walk.relation(earlier, later)
        rule = RuleId.DEPENDENCY_ADDED if later else RuleId.DEPENDENCY_REMOVED
        if effect:
            parts = (earlier[0] if earlier else None, later[0] if later else None)
            yield pair.finding(rule, Effect.NARROWER if later else Effect.WIDER, parts=parts, subject=name)


def _grouped(shape: Shape) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for name, part in shape.dependents:
        found[name] = (*found.get(name, ()), part)
    return found
