"""Looking for a value that proves a break: valid for the writer, refused by the reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from domain.compatibility.budget import Budget, ExhaustedError
from domain.compatibility.documents import Node, TooEntangledError
from domain.compatibility.findings import Finding, Path, Step
from domain.compatibility.instances import item, member
from domain.compatibility.sample_texts import name_of
from domain.compatibility.samples import Sampler
from domain.compatibility.shaping import Shaper

_MAX_TRIED = 24
_MAX_STEPS = 5_000
_MAX_REDUCED = 8


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    Attributes:
        example: A value of the whole schema that proves the break.
        is_found: Whether there is an example.
        is_local: Whether a value of the part shows it, though none of the whole schema was found.
        is_settled: Whether values of the part were found, and all of them are fine for both.
    """

    example: object = None
    is_found: bool = False
    is_local: bool = False
    is_settled: bool = False


class Witnesses:
    """Searches between two documents.

    Args:
        writer: The whole schema of those who write.
        reader: The whole schema of those who read.
        writes_new: Whether the new version writes.
        budget: What the steps are counted on.
    """

    def __init__(self, writer: Node, reader: Node, budget: Budget, *, writes_new: bool) -> None:
        self._writer = writer
        self._reader = reader
        self._writes_new = writes_new
        self._budget = budget
        self._shaper = Shaper(budget)
        self._sampler = Sampler(self._shaper, budget)

    def search(self, finding: Finding) -> Search:
        """Search for a value that shows a finding."""
        with self._budget.limited(_MAX_STEPS):
            try:
                return self._searched(finding)
            except (ExhaustedError, TooEntangledError):
                return Search()

    def _searched(self, finding: Finding) -> Search:
        writer, reader = reversed(finding.nodes) if self._writes_new else finding.nodes
        validator = self._shaper.validator
        is_local, undecided, tried = False, False, 0
        for value in islice(self._sampler.between(writer, reader), _MAX_TRIED * 4):
            verdict = validator.accepts(reader, value)
            tried += 1
            undecided |= verdict is None
            if verdict is not False:
                continue
            is_local = True
            for whole in islice(self._lifted(self._writer, finding.lift, value), 6):
                if self._proves(whole):
                    return Search(self._smallest(whole), is_found=True, is_local=True)
        return Search(is_local=is_local, is_settled=bool(tried) and not undecided and not is_local)

    def _proves(self, whole: object) -> bool:
        validator = self._shaper.validator
        return bool(validator.accepts(self._writer, whole)) and validator.accepts(self._reader, whole) is False

    def _smallest(self, whole: object) -> object:
        """Leave out members that show nothing."""
        if not isinstance(whole, dict) or not 1 < len(whole) <= _MAX_REDUCED:
            return whole
        for name in list(whole):
            less = {other: value for other, value in whole.items() if other != name}
            whole = less if self._proves(less) else whole
        return whole

    def _lifted(self, node: Node, path: Path, value: object) -> Iterator[object]:
        """Return values of a node that have a value at the end of a path."""
        if not path:
            yield value
            return
        step, rest = path[0], path[1:]
        kind = "array" if step.name is None and not step.is_any else "object"
        for shape in self._shaper.shapes(node).get(kind, ()):
            if kind == "array":
                inner = item(shape.items, self._index(step, max((len(i.prefix) for i in shape.items), default=0)))
                for part in islice(self._lifted(inner, rest, value), 3):
                    yield from self._sampler.array_around(shape, part, step.position)
                continue
            for name in self._members(step):
                inner = member(shape.groups, name, self._budget).node
                for part in islice(self._lifted(inner, rest, value), 3):
                    yield from self._sampler.around(shape, name, part)

    def _index(self, step: Step, behind: int) -> int:
        return behind if step.position is None else step.position

    def _members(self, step: Step) -> Iterator[str]:
        if step.name is not None and not step.is_any:
            yield step.name
            return
        if step.name is not None:
            yield from name_of(step.name, self._budget)
            return
        yield from ("k", "K", "z0")
