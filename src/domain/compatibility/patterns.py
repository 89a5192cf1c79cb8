"""What patterns match, and whether one includes another.

Python's ``re`` is not used: patterns come from strangers, and it may take for ever. Here every step is counted.
"""

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
    one, other, meter = machine(taken), machine(refused), _Meter(budget)
    if one is None or other is None:
        raise UndecidedError
    letters = alphabet(one, other)
    first = (one.begin(), other.begin())
    waiting, seen = [(first, "")], {first}
    for (here, there), text in waiting:  # which grows meanwhile
        if one.accepts(here, at_start=not text) and not other.accepts(there, at_start=not text):
            return text
        for character in letters:
            meter.spend(2 + len(here) + len(there))
            pair = (one.step(here, character), other.step(there, character))
            if pair not in seen:
                seen.add(pair)
                waiting.append((pair, text + character))
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
