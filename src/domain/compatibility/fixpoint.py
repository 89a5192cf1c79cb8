"""The effects of pairs of schemas that refer to each other."""

from collections.abc import Callable

from domain.compatibility.budget import Budget
from domain.compatibility.findings import Effect

Key = tuple[object, ...]


class Fixpoint:
    """Finds the effect of each pair once, as the greatest fixpoint.

    A pair that is met below itself is taken for equal. If that turns out wrong, all that leaned on it is done again.
    """

    def __init__(self) -> None:
        self.level = 0
        self._known: dict[Key, Effect] = {}
        self._open: dict[Key, int] = {}
        self._assumed: dict[Key, Effect] = {}
        self._provisional: dict[Key, tuple[Effect, int]] = {}
        self._lowest = 0
        self._is_wrong = False

    def of(self, key: Key, compute: Callable[[], Effect], budget: Budget) -> Effect:
        """Return the effect of a pair.

        Args:
            key: The pair.
            compute: What finds its effect, and asks here for others.
            budget: Each time is counted on it by ``compute``.
        """
        if key in self._known:
            return self._known[key]
        if key in self._open:
            self._lowest = min(self._lowest, self._open[key])
            return self._assumed.get(key, Effect.NONE)
        if key in self._provisional:
            effect, lowest = self._provisional[key]
            self._lowest = min(self._lowest, lowest)
            return effect
        return self._computed(key, compute, budget)

    def _computed(self, key: Key, compute: Callable[[], Effect], budget: Budget) -> Effect:
        level, outer = len(self._open), self._lowest
        self._open[key] = level
        self.level = len(self._open)
        effect = self._assumed.get(key, Effect.NONE)
        while True:
            self._lowest = level + 1
            found = effect | compute()
            self._is_wrong |= found != self._assumed.get(key, found if self._lowest > level else Effect.NONE)
            self._assumed[key] = effect = found
            if self._lowest < level or not self._is_wrong or budget.is_exhausted:
                break
            self._provisional.clear()
            self._is_wrong = False
        del self._open[key]
        self.level = len(self._open)
        if self._lowest >= level:  # nothing that is still open was taken for equal
            self._known |= {other: done for other, (done, _) in self._provisional.items()}
            self._known[key] = effect
            self._provisional.clear()
            self._assumed.clear()
            self._is_wrong = False
            self._lowest = level + 1
        else:
            self._provisional[key] = (effect, self._lowest)
        self._lowest = min(outer, self._lowest)
        return effect
