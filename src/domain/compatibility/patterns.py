"""What patterns match, and whether one includes another.

Python's ``re`` is not used: patterns come from people who are not trusted, and it may take for ever. Here every step is
counted.
"""

from collections.abc import Sequence

from domain.compatibility.automata import UndecidedError, alphabet, machine
from domain.compatibility.budget import Budget, ExhaustedError

_MAX_WORK = 100_000


class _Meter:
    """Counts the work for one question beside that of the whole comparison."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._left = _MAX_WORK

    def spend(self, steps: int) -> None:
        """Count steps; too many leave the question undecided."""
        self._left -= steps
        if self._left < 0:
            raise UndecidedError
        try:
            self._budget.spend(steps)
        except ExhaustedError:
            raise UndecidedError from None


def matches(pattern: str, text: str, budget: Budget) -> bool | None:
    """Tell whether a pattern is found in a text; None if that is beyond what is understood."""
    found, meter = machine(pattern), _Meter(budget)
    if found is None:
        return None
    states = found.begin()
    try:
        meter.spend(2)
        for character in text:
            meter.spend(1 + len(states))
            states = found.step(states, character)
    except UndecidedError:
        return None
    return found.accepts(states, at_start=not text)


def difference(taken: str, refused: str, budget: Budget) -> str | None:
    """Return a shortest text in which one pattern is found and the other is not, or None if there is none.

    Raises:
        UndecidedError: It is beyond what is understood, or too large.
    """
    return distinction((taken,), (refused,), budget)


def distinction(taken: Sequence[str], refused: Sequence[str], budget: Budget) -> str | None:
    """Return a shortest text in which all of some patterns are found and none of others, or None if there is none.

    Raises:
        UndecidedError: It is beyond what is understood, or too large.
    """
    meter, machines = _Meter(budget), [found for found in map(machine, (*taken, *refused)) if found is not None]
    if len(machines) < len(taken) + len(refused):
        raise UndecidedError
    letters = alphabet(*machines)
    wanted = [True] * len(taken) + [False] * len(refused)
    first = tuple(each.begin() for each in machines)
    waiting, seen = [(first, "")], {first}
    for states, text in waiting:  # which grows meanwhile
        found = [each.accepts(here, at_start=not text) for each, here in zip(machines, states, strict=True)]
        if found == wanted:
            return text
        for character in letters:
            meter.spend(sum(1 + len(here) for here in states))
            reached = tuple(each.step(here, character) for each, here in zip(machines, states, strict=True))
            if reached not in seen:
                seen.add(reached)
                waiting.append((reached, text + character))
    return None


def example(pattern: str, budget: Budget, *, least: int = 0) -> str | None:
    """Return a text of at least so many characters in which a pattern is found, or None if none is known."""
    found, meter = machine(pattern), _Meter(budget)
    if found is None:
        return None
    waiting, seen = [(found.begin(), "")], {(found.begin(), 0)}
    try:
        letters = alphabet(found)
        for states, text in waiting:  # which grows meanwhile
            if len(text) >= least and found.accepts(states, at_start=not text):
                return text
            for character in letters:
                meter.spend(1 + len(states))
                reached = found.step(states, character)
                key = (reached, min(len(text) + 1, least))
                if key not in seen:
                    seen.add(key)
                    waiting.append((reached, text + character))
    except UndecidedError:
        return None
    return None
