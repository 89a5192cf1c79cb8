"""Which members or items of a value the keywords of a schema speak of, so that the rest is left over."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from domain.compatibility import patterns
from domain.compatibility.budget import MAX_LEVELS, Budget
from domain.compatibility.documents import Part

Accepts = Callable[[Part, object], bool | None]
_ALWAYS = ("$ref", "$dynamicRef", "$recursiveRef")


class UndecidedError(Exception):
    """Whether a schema applies is beyond what is understood."""


def left_over(owner: Part, value: object, accepts: Accepts, budget: Budget) -> list[object]:
    """Return the members or items of a value for which ``unevaluated…`` beside other keywords counts.

    Args:
        owner: The schema with the keyword; it is of draft 2019-09 at least.
        value: An object or an array.
        accepts: Tells whether a value is valid for a part; None if that is not decided.
        budget: What the steps are counted on.

    Raises:
        UndecidedError: It cannot be told.
    """
    evaluation = _Evaluation(owner, accepts, budget)
    if isinstance(value, dict):
        seen = evaluation.members(owner, value, 0)
        return [entry for name, entry in value.items() if name not in seen]
    if isinstance(value, list):
        indexes = evaluation.items(owner, value, 0)
        return [entry for index, entry in enumerate(value) if index not in indexes]
    return []


class _Evaluation:
    def __init__(self, owner: Part, accepts: Accepts, budget: Budget) -> None:
        self._owner = owner
        self._accepts = accepts
        self._budget = budget

    def members(self, part: Part, value: dict[str, object], level: int) -> AbstractSet[str]:
        self._enter(level)
        keywords = part.keywords
        is_other = part.key != self._owner.key and "unevaluatedProperties" in keywords
        if is_other or "additionalProperties" in keywords:
            return value.keys()
        seen = value.keys() & part.named("properties").keys()
        for pattern in part.named("patternProperties"):
            seen |= {name for name in value if _sure(patterns.matches(pattern, name, self._budget))}
        for applied in self._applied(part, value):
            seen |= self.members(applied, value, level + 1)
        for name, applied in part.named("dependentSchemas").items():
            if name in value:
                seen |= self.members(applied, value, level + 1)
        return seen

    def items(self, part: Part, value: list[object], level: int) -> AbstractSet[int]:
        self._enter(level)
        keywords, is_recent = part.keywords, part.document.year >= 2020
        every = set(range(len(value)))
        is_other = part.key != self._owner.key and "unevaluatedItems" in keywords
        is_list = not is_recent and isinstance(keywords.get("items"), list)
        if is_other or ("items" in keywords and not is_list) or (is_list and "additionalItems" in keywords):
            return every
        seen = set(range(min(len(value), len(part.listed("prefixItems" if is_recent else "items")))))
        contains = part.under("contains") if is_recent else None
        if contains is not None:
            seen |= {index for index in every if _sure(self._accepts(contains, value[index]))}
        for applied in self._applied(part, value):
            seen |= self.items(applied, value, level + 1)
        return seen

    def _applied(self, part: Part, value: object) -> Iterator[Part]:
        """Return the schemas in a part that apply to the same value, and take it."""
        for keyword in _ALWAYS:
            if keyword in part.keywords:
                target = part.document.resolve(part.keywords[keyword])
                if target is None:
                    raise UndecidedError
                yield target
        yield from part.listed("allOf")
        for branch in (*part.listed("anyOf"), *part.listed("oneOf")):
            if self._takes(branch, value):
                yield branch
        test = part.under("if")
        if test is not None:
            yield from self._consequence(part, test, is_met=self._takes(test, value))

    def _consequence(self, part: Part, test: Part, *, is_met: bool) -> Iterator[Part]:
        found: Sequence[Part | None] = (test, part.under("then")) if is_met else (part.under("else"),)
        yield from (applied for applied in found if applied is not None)

    def _takes(self, part: Part, value: object) -> bool:
        return _sure(self._accepts(part, value))

    def _enter(self, level: int) -> None:
        self._budget.spend(2)
        if level > MAX_LEVELS:
            raise UndecidedError


def _sure(verdict: bool | None) -> bool:
    if verdict is None:
        raise UndecidedError
    return verdict
