"""Regular expressions of ECMA-262 that are regular, as automata."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

_MAX_STATES = 2000
_MAX_REPEATS = 300
_LAST = 0x10FFFF
_FILLERS = "aA0-z Z9_.é€"
_DIGITS = frozenset("0123456789")
_WORDS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPACES = frozenset(
    " \t\n\r\f\v\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(chr(code) for code in range(0x2000, 0x200B))
)
_CLASSES = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}


class UndecidedError(Exception):
    """The pattern is beyond what is understood, or too large."""


@dataclass(frozen=True, slots=True)
class _Set:
    """Characters: single ones and ranges, or all others."""

    ranges: tuple[tuple[int, int], ...]
    is_negated: bool = False

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        return any(low <= code <= high for low, high in self.ranges) is not self.is_negated


@dataclass(slots=True)
class _Automaton:
    """States with steps: to where without a character, under a guard; and to where with one of a set."""

    jumps: list[list[tuple[str, int]]] = field(default_factory=list)
    steps: list[list[tuple[_Set, int]]] = field(default_factory=list)

    def state(self) -> int:
        if len(self.jumps) >= _MAX_STATES:
            raise UndecidedError
        self.jumps.append([])
        self.steps.append([])
        return len(self.jumps) - 1


class _Parser:
    """Builds the automaton of a pattern. ``^`` and ``$`` are guards of steps without a character."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self.automaton = _Automaton()
        self.start = self.automaton.state()
        self.end = self._alternatives(self.start)
        if self._at < len(pattern):
            raise UndecidedError

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise UndecidedError
        self._at += 1
        return character

    def _jump(self, start: int, end: int, guard: str = "") -> None:
        self.automaton.jumps[start].append((guard, end))

    def _alternatives(self, start: int) -> int:
        end = self.automaton.state()
        while True:
            first = self.automaton.state()
            self._jump(start, first)
            self._jump(self._sequence(first), end)
            if self._peek() != "|":
                return end
            self._at += 1

    def _sequence(self, start: int) -> int:
        while self._peek() not in {"", "|", ")"}:
            begin = self._at
            end = self._atom(start)
            start = self._repeated(start, end, begin)
        return start

    def _repeated(self, start: int, end: int, begin: int) -> int:
        after = self._at
        least, most = self._quantifier()
        if (least, most) == (1, 1):
            return end
        resume, current = self._at, start
        if least > _MAX_REPEATS or (most is not None and not max(least, 1) <= most <= _MAX_REPEATS):
            raise UndecidedError
        final = self.automaton.state()
        # The first copy was built already; further ones are parsed again from the same text.
        for number in range(max(least, most or 1, 1)):
            entry = self.automaton.state()
            self._jump(current, entry)
            if number >= least:
                self._jump(entry, final)
            self._at = begin
            current = self._atom(entry)
            if self._at != after:
                raise UndecidedError
            if most is None and number >= least - 1:
                self._jump(current, entry)
        self._jump(current, final)
        self._at = resume
        return final

    def _quantifier(self) -> tuple[int, int | None]:
        character = self._peek()
        bounds: tuple[int, int | None] = (1, 1)
        if character and character in "*+?":
            self._at += 1
            bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}[character]
        elif character == "{":
            inside, brace, _ = self._text[self._at + 1 :].partition("}")
            low, comma, high = inside.partition(",")
            if not brace or not low.isdecimal() or (high and not high.isdecimal()):
                raise UndecidedError
            self._at += len(inside) + 2
            bounds = (int(low), int(high) if high else None if comma else int(low))
        else:
            return bounds
        if self._peek() == "?":  # lazy: the same texts
            self._at += 1
        if self._peek() and self._peek() in "*+{":
            raise UndecidedError
        return bounds

    def _atom(self, start: int) -> int:
        character = self._take()
        end = self.automaton.state()
        if character in "^$":
            self._jump(start, end, character)
        elif character == "(":
            if self._peek() == "?":
                if self._text[self._at : self._at + 2] != "?:":
                    raise UndecidedError
                self._at += 2
            inner = self._alternatives(start)
            if self._take() != ")":
                raise UndecidedError
            self._jump(inner, end)
        else:
            self.automaton.steps[start].append((self._set(character), end))
        return end

    def _set(self, character: str) -> _Set:
        if character == ".":
            return _Set(tuple((ord(c), ord(c)) for c in "\n\r\u2028\u2029"), is_negated=True)
        if character == "[":
            return self._class()
        if character == "\\":
            ranges, is_negated = self._escape()
            return _Set(ranges, is_negated=is_negated)
        if character in "*+?{}":
            raise UndecidedError
        return _Set(((ord(character), ord(character)),))

    def _escape(self, *, in_class: bool = False) -> tuple[tuple[tuple[int, int], ...], bool]:
        character = self._take()
        if character.lower() in _CLASSES:
            members = _CLASSES[character.lower()]
            return tuple((ord(c), ord(c)) for c in sorted(members)), character.isupper()
        if character in "ux":
            digits = self._text[self._at : self._at + (4 if character == "u" else 2)]
            self._at += len(digits)
            try:
                code = int(digits, 16)
            except ValueError:
                raise UndecidedError from None
            return ((code, code),), False
        if character in _ESCAPES:
            code = ord(_ESCAPES[character])
        elif character.isalnum() or (character == "b" and in_class):
            raise UndecidedError  # \b, \p{…}, \A, \1 …
        else:
            code = ord(character)
        return ((code, code),), False

    def _class(self) -> _Set:
        is_negated = self._peek() == "^"
        self._at += is_negated
        ranges: list[tuple[int, int]] = []
        while (character := self._take()) != "]":
            if character == "[":
                raise UndecidedError  # dialects differ on nested classes
            low = self._member(character)
            is_range = self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in {"]", ""}
            if not is_range:
                ranges += low
                continue
            self._at += 1
            high = self._member(self._take())
            if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or low[0][0] > high[0][1]:
                raise UndecidedError
            ranges.append((low[0][0], high[0][1]))
        return _Set(tuple(ranges), is_negated=is_negated)

    def _member(self, character: str) -> list[tuple[int, int]]:
        if character != "\\":
            return [(ord(character), ord(character))]
        ranges, is_negated = self._escape(in_class=True)
        if is_negated:
            raise UndecidedError
        return list(ranges)


@dataclass(frozen=True, slots=True)
class Machine:
    """Searches for a pattern: a text matches if any part of it does."""

    automaton: _Automaton
    start: int
    end: int

    def begin(self) -> frozenset[int]:
        """Return the states before the first character."""
        return self._closure({self.start}, at_start=True)

    def _closure(self, states: set[int], *, at_start: bool = False, at_end: bool = False) -> frozenset[int]:
        waiting, found = list(states), set(states)
        while waiting:
            for guard, target in self.automaton.jumps[waiting.pop()]:
                passes = not guard or (guard == "^" and at_start) or (guard == "$" and at_end)
                if passes and target not in found:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    def step(self, states: frozenset[int], character: str) -> frozenset[int]:
        """Return the states after one more character."""
        if self.end in states:
            return frozenset({self.end})
        reached = {
            target for state in states for allowed, target in self.automaton.steps[state] if character in allowed
        }
        return self._closure(reached | {self.start})

    def accepts(self, states: frozenset[int], *, at_start: bool) -> bool:
        """Tell whether the pattern is found if the text ends here."""
        return self.end in states or self.end in self._closure(set(states), at_start=at_start, at_end=True)

    def borders(self) -> Iterator[int]:
        """Return the code points at which sets of characters begin, or end before."""
        for steps in self.automaton.steps:
            for allowed, _ in steps:
                for low, high in allowed.ranges:
                    yield low
                    yield high + 1


@lru_cache(maxsize=512)
def machine(pattern: str) -> Machine | None:
    """Return the automaton of a pattern, or None if it is beyond what is understood."""
    try:
        parser = _Parser(pattern)
    except (UndecidedError, RecursionError):
        return None
    return Machine(parser.automaton, parser.start, parser.end)


def alphabet(*machines: Machine) -> str:
    """Return one character for each set of characters that no machine tells apart."""
    borders = sorted({0, *(border for machine in machines for border in machine.borders())})
    if len(borders) > _MAX_REPEATS:
        raise UndecidedError
    chosen = []
    for low, after in zip(borders, [*borders[1:], _LAST + 1], strict=True):
        fitting = [c for c in _FILLERS if low <= ord(c) < after]
        code = ord(fitting[0]) if fitting else low
        if 0xD800 <= code <= 0xDFFF:  # halves of pairs are no characters
            code = 0xE000
        elif code == 0 and after > 1:
            code = 1
        if low <= code < after:
            chosen.append(chr(code))
    return "".join(sorted(chosen, key=lambda c: (_FILLERS.find(c) if c in _FILLERS else 99, c)))
