"""Comparing all schemas of two versions."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.compatibility.budget import Budget
from domain.compatibility.coverage import MAX_QUESTIONS, OpenQuestion, differing, question
from domain.compatibility.documents import Document, Node, spelling
from domain.compatibility.findings import Effect, Finding
from domain.compatibility.report import MAX_PLACES, Basis, Change, Place, Report, Side, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Verdict
from domain.compatibility.said import Said, said
from domain.compatibility.sentences import hint, impact, message, written
from domain.compatibility.shaping import Shaper
from domain.compatibility.walker import Walker
from domain.compatibility.witnesses import Search, Witnesses
from domain.schemas import CanonicalJson, ResourceSchemas

_MAX_SHOWN = 4000
_FINGERPRINT = 12
_MAX_SEARCHED = 60_000
Schemas = Mapping[str, Mapping[Side, CanonicalJson | None]]


def compare(old: VersionSchemas, new: VersionSchemas, *, severities: Mapping[RuleId, Verdict] | None = None) -> Report:
    """Return what changed from one version to another. Never raises, and is bounded by counting.

    Args:
        old: The older version's schemas.
        new: The newer version's.
        severities: Verdicts of disputed rules in place of breaking.
    """
    return compare_with_questions(old, new, severities=severities)[0]


def compare_with_questions(
    old: VersionSchemas, new: VersionSchemas, *, severities: Mapping[RuleId, Verdict] | None = None
) -> tuple[Report, tuple[OpenQuestion, ...]]:
    """Compare, and return as well what a second opinion could settle: at most 50 questions."""
    comparison = _Comparison(severities or {})
    changes = list(comparison.changes(_by_resource(old), _by_resource(new)))
    is_complete = not comparison.budget.is_exhausted and not comparison.faults
    if not is_complete:
        changes.append(comparison.unfinished())
    report = Report.of(_joined(changes), is_complete=is_complete, faults=comparison.faults)
    once = {change.fingerprint for change in report.changes if len(change.places) == 1}  # a question is of one place
    questions = [asked for asked in comparison.questions if asked.disputed is None or asked.disputed in once]
    return report, tuple(questions[:MAX_QUESTIONS])


def not_compared(fault: str) -> Report:
    """Return the report of a comparison that did not take place, for a reason that is logged."""
    return Report.of([_Comparison({}).unfinished().change], is_complete=False, faults=(fault,))


def only_differing(old: VersionSchemas, new: VersionSchemas) -> tuple[VersionSchemas, VersionSchemas] | None:
    """Leave out resource types that are equal in both versions, but for one; None if all are equal."""
    before, after = _by_resource(old), _by_resource(new)
    if before == after:
        return None
    equal = [name for name in before if name and before[name] == after.get(name)]
    left_out = set(equal[1:])
    return _without(old, left_out), _without(new, left_out)


def _without(schemas: VersionSchemas, resources: set[str]) -> VersionSchemas:
    kept = {entry.resource_type: entry for entry in schemas.resources or () if entry.resource_type not in resources}
    return replace(schemas, resources=ResourceSchemas.of(kept))


def _by_resource(schemas: VersionSchemas) -> Schemas:
    found: dict[str, Mapping[Side, CanonicalJson | None]] = {
        entry.resource_type: {Side.CONFIG: entry.config_schema, Side.OUTPUTS: entry.outputs_schema}
        for entry in schemas.resources or ()
    }
    if schemas.config_schema is not None or schemas.outputs_schema is not None:
        found[""] = {Side.CONFIG: schemas.config_schema, Side.OUTPUTS: schemas.outputs_schema}
    return found


@dataclass(frozen=True, slots=True)
class _Shared:
    """A change, and whether it stands in a definition that several resource types may share."""

    change: Change
    is_shared: bool


class _Comparison:
    def __init__(self, severities: Mapping[RuleId, Verdict]) -> None:
        self._severities = severities
        self.budget = Budget()
        self._search_budget = Budget(steps=_MAX_SEARCHED)
        self._elsewhere: dict[tuple[object, ...], list[Finding]] = {}
        self.faults: list[str] = []
        self.questions: list[OpenQuestion] = []

    def changes(self, old: Schemas, new: Schemas) -> Iterator[_Shared]:
        if not old or not new:
            if old or new:
                rule = RuleId.SCHEMA_FIRST_KNOWN if new else RuleId.SCHEMA_WITHDRAWN
                yield self._whole(rule, "", None, "The version has no schemas that could be compared")
            return
        none: Mapping[Side, CanonicalJson | None] = {Side.CONFIG: None, Side.OUTPUTS: None}
        for resource in sorted(old.keys() | new.keys()):
            if resource and resource not in new:
                yield self._removed(resource, old, new)
            elif resource and resource not in old:
                yield self._whole(RuleId.RESOURCE_ADDED, resource, None, f"`{resource}` is a new resource type")
            else:
                before, after = old.get(resource, none), new.get(resource, none)
                for side in Side:
                    yield from self._side(resource, side, before[side], after[side])

    def unfinished(self) -> _Shared:
        """Return the change that says that not everything was compared."""
        return self._whole(RuleId.COMPARISON_INCOMPLETE, "", None, "Not everything was compared")

    def _removed(self, resource: str, old: Schemas, new: Schemas) -> _Shared:
        alike = [name for name in new.keys() - old.keys() if name and new[name] == old[resource]]
        rivals = [name for name in old.keys() - new.keys() if name and old[name] == old[resource]]
        renamed = alike[0] if len(alike) == 1 and len(rivals) == 1 and any(old[resource].values()) else None
        text = f"`{resource}` is no longer a resource type"
        text += f"; it is likely `{renamed}` now" if renamed else ""
        return self._whole(RuleId.RESOURCE_REMOVED, resource, None, text, renamed_to=renamed)

    def _side(
        self, resource: str, side: Side, old: CanonicalJson | None, new: CanonicalJson | None
    ) -> Iterator[_Shared]:
        if old == new:
            return
        before, after = (None if schema is None else schema.decode() for schema in (old, new))
        if before is None or before is True or before == {}:
            if after is None or after is True or after == {}:
                return
            text = f"The {side} schema is known for the first time"
            yield self._whole(RuleId.SCHEMA_FIRST_KNOWN, resource, side, text)
        elif after is None:
            yield self._whole(RuleId.SCHEMA_WITHDRAWN, resource, side, f"The {side} schema is no longer known")
        else:
            yield from self._guarded(resource, side, before, after)

    def _guarded(self, resource: str, side: Side, before: object, after: object) -> Sequence[_Shared]:
        """Compare two documents; a fault of the comparison itself leaves them unknown and stops nothing else."""
        try:
            return list(self._documents(resource, side, before, after))
        except Exception as error:  # noqa: BLE001 -- stored schemas are input, and none may stop a registration
            self.faults.append(f"{resource} {side}: {type(error).__name__}: {error!s:.200}")
            text = f"The comparison of the {side} schema was not finished"
            return [self._whole(RuleId.COMPARISON_INCOMPLETE, resource, side, text)]

    def _documents(self, resource: str, side: Side, before: object, after: object) -> Iterator[_Shared]:
        old, new = Document.of(before), Document.of(after)
        nodes: tuple[Node, Node] = ((old.whole,), (new.whole,))
        is_emptied = after is True or after == {}
        walker = Walker(side, Shaper(self.budget), self.budget, self._elsewhere)
        findings = walker.compare(*nodes, is_root=is_emptied or side is Side.CONFIG)
        if is_emptied:
            findings = tuple(found for found in findings if found.rule is RuleId.PROPERTY_REMOVED)
            if not findings:
                text = f"The {side} schema declares nothing any more"
                yield self._whole(RuleId.SCHEMA_EMPTIED, resource, side, text)
        elif all(RULES[found.rule].is_text for found in findings) and _told(old) != _told(new):
            text = f"Something is said otherwise in the {side} schema, at a place that no rule is about"
            yield self._whole(RuleId.UNKNOWN_KEYWORD_CHANGED, resource, side, text)
        writer, reader = nodes if side is Side.CONFIG else (nodes[1], nodes[0])
        witnesses = Witnesses(writer, reader, self._search_budget, writes_new=side is Side.OUTPUTS)
        found = [(finding, self._change(resource, side, finding, witnesses)) for finding in findings]
        self._ask(resource, side, (writer, reader), found)
        yield from (_Shared(change, finding.is_shared) for finding, change in found)

    def _ask(
        self, resource: str, side: Side, nodes: tuple[Node, Node], found: Sequence[tuple[Finding, Change]]
    ) -> None:
        """Note what a second opinion could settle: claims without proof, and silence."""
        for finding, change in found:
            if len(self.questions) < MAX_QUESTIONS and finding.verdict is None and _is_doubtful(change):
                parts = finding.nodes if side is Side.CONFIG else finding.nodes[::-1]
                asked = question(*parts)
                if asked is not None:
                    self.questions.append(OpenQuestion(asked, disputed=change.fingerprint))
        is_silent = all(change.verdict is Verdict.COMPATIBLE and _is_by_sets(change) for _, change in found)
        if is_silent and len(self.questions) < MAX_QUESTIONS:
            text = f"The {side} schema refuses values that were valid"
            unexplained = self._whole(RuleId.UNEXPLAINED_NARROWING, resource, side, text).change
            self.questions += [OpenQuestion(asked, unexplained=unexplained) for asked in differing(*nodes)]

    def _change(self, resource: str, side: Side, finding: Finding, witnesses: Witnesses) -> Change:
        verdict, basis, example = _decided(finding, side, witnesses)
        if verdict is Verdict.BREAKING:
            verdict = self._severities.get(finding.rule, verdict)
        path = written(finding.path)
        shown = None if example is None else CanonicalJson(spelling(example.example))
        return Change(
            rule=finding.rule,
            verdict=verdict,
            resource=resource,
            side=side,
            path=path,
            pointers=finding.pointers,
            before=_shown(finding.before),
            after=_shown(finding.after),
            message=message(finding, side),
            impact=impact(finding.rule, verdict, side, None if shown is None else shown.text),
            hint=hint(finding.rule, verdict),
            basis=basis,
            fingerprint=_fingerprint(finding.rule, resource, side, path, finding.before, finding.after),
            example=shown,
            places=tuple(Place(resource, written(place)) for place in finding.places),
            place_count=finding.count,
            renamed_to=finding.renamed_to,
        )

    def _whole(
        self, rule: RuleId, resource: str, side: Side | None, text: str, *, renamed_to: str | None = None
    ) -> _Shared:
        verdict = RULES[rule].outputs if side is Side.OUTPUTS else RULES[rule].config
        change = Change(
            rule=rule,
            verdict=verdict,
            resource=resource,
            side=side,
            path="",
            pointers=("", ""),
            before=None,
            after=None,
            message=text,
            impact=impact(rule, verdict, side, None),
            hint=hint(rule, verdict),
            basis=Basis.POLICY,
            fingerprint=_fingerprint(rule, resource, side, "", None, None),
            places=(Place(resource, ""),),
            renamed_to=renamed_to,
        )
        return _Shared(change, is_shared=False)


def _decided(finding: Finding, side: Side, witnesses: Witnesses) -> tuple[Verdict, Basis, Search | None]:
    """Return the verdict on a finding, what it stands on, and a value that proves it."""
    grave = Effect.NARROWER if side is Side.CONFIG else Effect.WIDER
    if finding.verdict is not None and (not finding.effect & grave or finding.verdict is not Verdict.BREAKING):
        return finding.verdict, Basis.POLICY, None
    if not finding.effect & (grave | Effect.UNKNOWN):
        return Verdict.COMPATIBLE, Basis.PROVEN, None
    search = witnesses.search(finding)
    if search.is_found:
        return Verdict.BREAKING, Basis.PROVEN, search
    is_doubtful = finding.needs_witness or search.is_settled or not finding.effect & grave
    if finding.verdict is None and not search.is_local and is_doubtful:
        return Verdict.UNKNOWN, Basis.POLICY, None
    return Verdict.BREAKING, Basis.POLICY, None


def _told(document: Document) -> Said:
    """Return what is said anywhere; defaults mean something at properties only, where they are compared."""
    return {(keyword, value) for keyword, value in said(document.whole) if keyword != "default"}


def _is_doubtful(change: Change) -> bool:
    return change.verdict is not Verdict.COMPATIBLE and change.basis is Basis.POLICY


def _is_by_sets(change: Change) -> bool:
    return change.basis is Basis.PROVEN or RULES[change.rule].is_text


def _shown(text: str | None) -> CanonicalJson | None:
    if text is None or len(text) <= _MAX_SHOWN:
        return None if text is None else CanonicalJson(text)
    return CanonicalJson(spelling(f"{text[:_MAX_SHOWN]}… ({len(text)} characters)"))


def _fingerprint(
    rule: RuleId, resource: str, side: Side | None, path: str, before: str | None, after: str | None
) -> str:
    words = spelling([rule, resource, side, path, before, after])
    return hashlib.sha256(words.encode()).hexdigest()[:_FINGERPRINT]


def _joined(changes: Sequence[_Shared]) -> Iterator[Change]:
    """Make one change of those that have one cause in a definition of several resource types."""
    found: dict[tuple[object, ...], Change] = {}
    for number, shared in enumerate(changes):
        change = shared.change
        key: tuple[object, ...] = (number,)
        if shared.is_shared:
            key = (change.rule, change.verdict, change.side, change.pointers, change.before, change.after)
        known = found.get(key)
        found[key] = change if known is None else _with_places(known, change)
    yield from found.values()


def _with_places(known: Change, other: Change) -> Change:
    places = (*known.places, *other.places)[:MAX_PLACES]
    return replace(known, places=places, place_count=known.place_count + other.place_count)
