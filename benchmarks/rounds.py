"""Contestants that take turns, so that whatever else the machine does meets all of them alike."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import TypeVar

from benchmarks.workbench import Workbench

T = TypeVar("T")


def interleaved(bench: Workbench, what: str, contestants: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Let contestants take turns for the plan's rounds, and return what each came to, round by round.

    Another one begins each round (A B C, B C A …), so that no one always comes after the same: what one leaves behind,
    such as pages that the database has yet to write, costs the next.
    """
    results: dict[str, list[T]] = {name: [] for name in contestants}
    order = deque(contestants)
    for number in range(bench.plan.rounds):
        for name in order:
            bench.say(f"{what}: round {number + 1} of {bench.plan.rounds}, {name}")
            results[name].append(contestants[name]())
        order.rotate(-1)
    return results
