"""Output of comparisons: what changed, the gravest first, and the bump that is due as the last line."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from entrypoints.cli.output import show

_MARKS = {"breaking": ("✗", "red"), "unknown": ("?", "yellow"), "compatible": ("✓", "green")}
_MAX_CHANGES = 50


def show_report(report: Mapping[str, Any], *, since: str) -> None:
    """Print a report as the API shows it."""
    changes = report["changes"]
    for change in changes[:_MAX_CHANGES]:
        mark, colour = _MARKS.get(change["verdict"], ("·", ""))
        place = " ".join(filter(None, (change["resource"] or "the provider itself", change["side"], change["path"])))
        show(Text(f"{mark} ", colour) + Text(place, "bold") + Text(f": {change['message']}{_impact(change)}"))
        if change["verdict"] == "breaking":
            show(Text(f"    {change['hint']} [{change['rule']}, {change['fingerprint']}]", "dim"))
    left_out = report["breaking"] + report["unknown"] + report["compatible"] - min(len(changes), _MAX_CHANGES)
    if left_out > 0:
        show(Text(f"… and {left_out} more", "dim"))
    counts = ", ".join(f"{report[verdict]} {verdict}" for verdict in _MARKS)
    show(Text(f"Since {since}: {counts}. A {report['required_bump']} release is due.", "bold"))


def _impact(change: Mapping[str, Any]) -> str:
    places = f" ({change['place_count']} places)" if change["place_count"] > 1 else ""
    return f". {change['impact']}{places}" if change["impact"] else places
