"""A second opinion on two schemas: whether one takes all that another takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.compatibility.documents import LISTED, NAMED, SINGLE, Document, Node, Part, spelling
from domain.compatibility.report import Basis, Change, Report
from domain.compatibility.rules import Verdict
from domain.compatibility.sentences import hint, impact

MAX_QUESTIONS = 50
_MAX_PARTS = 2000
_DROPPED = frozenset({
    *("$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$defs", "definitions"),
    *("default", "examples", "title", "description", "$comment"),
})  # fmt: skip
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})


class Coverage(StrEnum):
    """Whether a reader's schema takes all that a writer's schema takes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """Two schemas, each complete in itself, of one draft.

    Attributes:
        writer: JSON text of the schema of what is written.
        reader: JSON text of the schema by which it is read.
    """

    writer: str
    reader: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that a report leaves open, and what depends on it.

    Attributes:
        disputed: The fingerprint of a change that is none to worry about if the reader covers the writer.
        unexplained: A change that is reported if the reader does not.
    """

    question: CoverageQuestion
    disputed: str | None = None
    unexplained: Change | None = None


def settled(
    report: Report, questions: Sequence[OpenQuestion], answers: Sequence[Coverage]
) -> tuple[Report, tuple[str, ...]]:
    """Return a report after a second opinion, and the contradictions between the two, for the log."""
    cleared: set[str] = set()
    added: list[Change] = []
    for asked, answer in zip(questions, answers, strict=True):
        if answer is Coverage.YES and asked.disputed is not None:
            cleared.add(asked.disputed)
        elif answer is Coverage.NO and asked.unexplained is not None:
            added.append(asked.unexplained)
    changes = [_cleared(change) if change.fingerprint in cleared else change for change in report.changes]
    contradictions = [
        f"{change.rule} {change.resource} {change.side} {change.path}: breaking, but not in the second opinion"
        for change in report.changes
        if change.fingerprint in cleared and change.verdict is Verdict.BREAKING
    ]
    contradictions += [f"{change.rule} {change.resource} {change.side}: no rule explains it" for change in added]
    if not cleared and not added:
        return report, ()
    left_out = {verdict: report.counts[verdict] - len(report.having(verdict)) for verdict in Verdict}
    again = Report.of([*changes, *added], is_complete=report.is_complete, faults=report.faults)
    counts = {verdict: again.counts[verdict] + left_out[verdict] for verdict in Verdict}
    return replace(again, counts=counts), tuple(contradictions)


def _cleared(change: Change) -> Change:
    verdict = Verdict.COMPATIBLE
    return replace(
        change,
        verdict=verdict,
        basis=Basis.PROVEN,
        impact=impact(change.rule, verdict, change.side, None),
        hint=hint(change.rule, verdict),
    )


def question(writer: Node, reader: Node) -> CoverageQuestion | None:
    """Return a question about two nodes, or None if their drafts differ or they refer to too much."""
    documents = {part.document for part in (*writer, *reader)}
    drafts = {document.draft for document in documents}
    if len(drafts) != 1 or not writer or not reader:
        return None
    texts = [_Extract(node).text() for node in (writer, reader)]
    return None if texts[0] is None or texts[1] is None else CoverageQuestion(texts[0], texts[1])


def differing(writer: Node, reader: Node) -> list[CoverageQuestion]:
    """Return a question for each property of two whole schemas that is written differently."""
    found: set[CoverageQuestion] = set()
    seen: set[tuple[str, str]] = set()
    for one, other in zip(writer, reader, strict=True):
        mine, theirs = one.named("properties"), other.named("properties")
        for name in mine.keys() & theirs.keys():
            digests = mine[name].digest, theirs[name].digest
            if digests[0] is not None and digests[1] is not None:
                if digests[0] == digests[1] or digests in seen:
                    continue
                seen.add((digests[0], digests[1]))
            asked = question((mine[name],), (theirs[name],))
            if asked is not None and asked.writer != asked.reader:
                found.add(asked)
    return sorted(found, key=lambda asked: (asked.writer, asked.reader))[:MAX_QUESTIONS]


class _Extract:
    """A node as a document of its own, with all that it refers to."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._document: Document = node[0].document
        self._names: dict[int, str] = {}
        self._waiting: list[Part] = []
        self._count = 0

    def text(self) -> str | None:
        """Return its canonical text, or None if it is too large."""
        keyword = "$defs" if self._document.year >= 2019 else "definitions"
        whole: dict[str, object] = {"$schema": self._document.draft.uri}
        whole["allOf"] = [self._copy(part.schema, keyword) for part in self._node]
        definitions: dict[str, object] = {}
        while self._waiting:
            part = self._waiting.pop()
            definitions[self._names[id(part.schema)]] = self._copy(part.schema, keyword)
            if self._count > _MAX_PARTS:
                return None
        return spelling({**whole, keyword: definitions} if definitions else whole)

    def _copy(self, schema: object, keyword: str) -> object:
        self._count += 1
        if not isinstance(schema, dict) or self._count > _MAX_PARTS:
            return schema
        copied: dict[str, object] = {}
        for name, value in schema.items():
            if name in _REFERENCES:
                copied["$ref"] = self._reference(value, keyword)
            elif name not in _DROPPED:
                copied[name] = self._value(name, value, keyword)
        return copied

    def _value(self, name: str, value: object, keyword: str) -> object:
        if name in NAMED and isinstance(value, dict):
            return {key: self._copy(child, keyword) for key, child in value.items()}
        if name in LISTED and isinstance(value, list):
            return [self._copy(child, keyword) for child in value]
        return self._copy(value, keyword) if name in SINGLE else value

    def _reference(self, value: object, keyword: str) -> str:
        target = self._document.resolve(value)
        if target is None:
            return str(value)
        key = id(target.schema)
        if key not in self._names:
            self._names[key] = f"d{len(self._names)}"
            self._waiting.append(target)
        return f"#/{keyword}/{self._names[key]}"
