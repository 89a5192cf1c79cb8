"""Texts at the borders of schemas, and names that patterns match."""

from collections.abc import Iterator, Sequence
from itertools import islice, permutations

from domain.compatibility import formats, patterns
from domain.compatibility.automata import UndecidedError
from domain.compatibility.budget import Budget
from domain.compatibility.sample_parts import FEW, lengths
from domain.compatibility.shapes import Shape

_WORDS = ("a", "z", "A", "0", "", "a b", "ab", "é")


def texts(shape: Shape, hints: list[Shape], budget: Budget) -> Iterator[str]:
    """Return texts at the borders of a shape and of others."""
    counts = lengths(shape, hints)
    known = list(_WORDS)
    theirs = frozenset(pattern for hint in hints for pattern in hint.patterns)
    for name in shape.formats | frozenset(name for hint in hints for name in hint.formats):
        known += formats.EXAMPLES.get(name, ())
    for pattern in sorted(shape.patterns):
        for other in sorted(theirs - shape.patterns):
            known += _told_apart((pattern,), (other,), budget)
    for pattern in sorted(shape.patterns | theirs):
        for length in (0, *counts):
            found = patterns.example(pattern, budget, least=length)
            known += [found] if found is not None else []
            known += [] if shape.patterns else _told_apart(("",), (pattern,), budget)
    yield from ("a" * length for length in counts)
    yield from known
    for length in counts:
        yield from (text * (length // len(text)) for text in known if text and len(text) < length)


def matching(shapes: Sequence[Shape], budget: Budget) -> Iterator[str]:
    """Return names that the patterns of objects match, one alone or two together."""
    every = list(dict.fromkeys(p for shape in shapes for group in shape.groups for p in group.patterns))
    for pattern in every[:FEW]:
        yield from name_of(pattern, budget)
    for one, other in islice(permutations(every, 2), FEW):
        yield from _told_apart((one, other), (), budget)
        yield from _told_apart((one,), (other,), budget)


def name_of(pattern: str, budget: Budget) -> Iterator[str]:
    """Return a name that a pattern matches, if one is known."""
    found = patterns.example(pattern, budget, least=1)
    if found is not None:
        yield found


def _told_apart(taken: Sequence[str], refused: Sequence[str], budget: Budget) -> list[str]:
    try:
        found = patterns.distinction(taken, refused, budget)
    except UndecidedError:
        return []
    return [] if found is None else [found]
