"""Memory of the server while it registers a large wheel, against idle."""

from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.stack import Stack, running_stack
from benchmarks.wheels import write_wheel

MEGABYTES = 500
GOAL_MIB = 64
_MIB = 1024 * 1024


def main() -> None:
    """Print one table."""
    console = Console()
    with running_stack() as stack:
        with console.status("Warming up with a small wheel"):
            stack.register(write_wheel(stack.wheels, version="1.0.0", megabytes=1), version="1.0.0")
        with console.status(f"Writing a wheel of {MEGABYTES} MB"):
            wheel = write_wheel(stack.wheels, version="2.0.0", megabytes=MEGABYTES, members=10)
        idle = _resident(stack)
        _forget_peaks(stack)
        with console.status("Registering it"):
            stack.register(wheel, version="2.0.0")
        peak = _peak(stack)
    grown = (peak - idle) / _MIB
    table = Table("what", "measured", "goal", box=None, header_style="bold")
    table.add_row("idle, all server processes", f"{idle / _MIB:.0f} MiB", "")
    table.add_row(f"peak while registering {MEGABYTES} MB", f"{peak / _MIB:.0f} MiB", "")
    table.add_row("grown by", f"{grown:.0f} MiB", f"≤ {GOAL_MIB} MiB {'✓' if grown <= GOAL_MIB else '✗'}")
    console.print(table)


def _resident(stack: Stack) -> int:
    return sum(process.memory_info().rss for process in _processes(stack))


def _forget_peaks(stack: Stack) -> None:
    for process in _processes(stack):
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # see proc(5): resets the peak resident size


def _peak(stack: Stack) -> int:
    statuses = [Path(f"/proc/{process.pid}/status").read_text() for process in _processes(stack)]
    return sum(int(status.partition("VmHWM:")[2].split()[0]) * 1024 for status in statuses)


def _processes(stack: Stack) -> list[psutil.Process]:
    return [stack.server, *stack.workers()]


if __name__ == "__main__":
    main()
