"""Figures for people and for programs."""

import os
import platform
from collections.abc import Sequence

import psutil
from msgspec import json
from rich.table import Table

from benchmarks.figures import Figure, Goal, Spread
from benchmarks.load import generator


def as_table(figures: Sequence[Figure], plan: str) -> Table:
    """Return the figures in the order of measuring."""
    table = Table(
        title=f"{plan} run, {_machine()}", title_justify="left", header_style="bold", box=None, pad_edge=False
    )
    for name in ("what", "measured", "against", "result", "spread", "goal", ""):
        table.add_column(name, overflow="fold")
    for figure in figures:
        table.add_row(
            figure.what,
            figure.ours,
            figure.against,
            _quantity(figure.value.median, figure.unit),
            _spread(figure.value, figure.unit),
            _goal(figure.goal, figure.unit),
            {True: "[green]met[/]", False: "[red]not met[/]", None: ""}[figure.is_met],
        )
    return table


def as_json(figures: Sequence[Figure], plan: str) -> str:
    """Return the figures and what they were measured on."""
    entries = [{**json.decode(json.encode(figure)), "met": figure.is_met} for figure in figures]
    return json.format(json.encode({"plan": plan, "machine": _machine(), "figures": entries})).decode()


def _machine() -> str:
    gibibytes = psutil.virtual_memory().total / 1024**3
    return (
        f"{os.cpu_count()} cores, {gibibytes:.0f} GiB, Python {platform.python_version()}, "
        f"reads by {generator()}, load average {os.getloadavg()[1]:.1f}"
    )


def _spread(value: Spread, unit: str) -> str:
    if value.low == value.high:
        return ""
    return f"{_quantity(value.low, unit)} – {_quantity(value.high, unit)}"


def _goal(goal: Goal | None, unit: str) -> str:
    return "" if goal is None else f"{'≥' if goal.at_least else '≤'} {_quantity(goal.bound, unit)}"


def _quantity(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"
    return number + unit if unit == "×" or unit.startswith("/") else f"{number} {unit}".rstrip()
