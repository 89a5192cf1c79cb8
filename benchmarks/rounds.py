"""Contestants that take turns, so that whatever else the machine does meets all of them alike."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from benchmarks.workbench import Workbench

T = TypeVar("T")


def interleaved(bench: Workbench, what: str, contestants: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Let contestants take turns for the plan's rounds (A B A B …), and return what each came to, round by round."""
    results: dict[str, list[T]] = {name: [] for name in contestants}
    for number in range(bench.plan.rounds):
        for name, run in contestants.items():
            bench.say(f"{what}: round {number + 1} of {bench.plan.rounds}, {name}")
            results[name].append(run())
    return results
