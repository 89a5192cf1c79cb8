"""Resident memory of a server's processes, in bytes."""

from pathlib import Path

from benchmarks.processes import family
from benchmarks.workbench import Served


def resident(served: Served) -> int:
    """Return what they have now."""
    return sum(process.memory_info().rss for process in family(served.process))


def forget_peaks(served: Served) -> None:
    """Start their peaks anew."""
    for process in family(served.process):
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # see proc(5): resets the peak resident size


def peak_of(served: Served) -> int:
    """Return the most that they had since, each by itself."""
    statuses = [Path(f"/proc/{process.pid}/status").read_text() for process in family(served.process)]
    return sum(int(status.partition("VmHWM:")[2].split()[0]) * 1024 for status in statuses)
