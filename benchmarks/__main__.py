"""The table: ``python -m benchmarks [SECTION…] [--quick | --full] [--json]``."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console

from benchmarks import report
from benchmarks.figures import Figure
from benchmarks.load import MeasurementError
from benchmarks.plan import PLANS
from benchmarks.processes import ServerError
from benchmarks.sections import (
    comparing,
    downloading,
    helping,
    logging,
    memory,
    mirroring,
    reading,
    registering,
    scale,
    soaking,
    starting,
)
from benchmarks.workbench import Workbench, a_workbench

SECTIONS: Mapping[str, Callable[[Workbench], Iterable[Figure]]] = {
    "read": reading.measure,
    "register": registering.measure,
    "download": downloading.measure,
    "memory": memory.measure,
    "mirror": mirroring.measure,
    "scale": scale.measure,
    "compare": comparing.measure,
    "log": logging.measure,
    "start": starting.measure,
    "soak": soaking.measure,
    "help": helping.measure,
}
_FILE_WIDTH = 180
_LONGEST_SECONDS = {"tiny": 300, "quick": 600, "default": 1800, "full": 7200}
"""A run that takes longer is stuck, and ends itself."""


def main() -> None:
    """Measure, and print the table; status 1 says that a goal was missed."""
    options = _parser().parse_args()
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _stop)
    signal.alarm(_LONGEST_SECONDS[options.plan])
    with _progress() as say, a_workbench(PLANS[options.plan], say) as bench:
        figures, failures = _measure(options.sections or SECTIONS, bench)
    if options.json:
        sys.stdout.write(report.as_json(figures, options.plan) + "\n")
    else:
        Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(report.as_table(figures, options.plan))
    for failure in failures:
        sys.stderr.write(f"{failure}\n")
    sys.exit(bool(failures) or any(figure.is_met is False for figure in figures))


def _measure(names: Iterable[str], bench: Workbench) -> tuple[list[Figure], list[str]]:
    """Return the figures, and why there are none of some sections: one that fails does not cost the others."""
    figures: list[Figure] = []
    failures = []
    for name in names:
        try:
            figures.extend(SECTIONS[name](bench))
        except (MeasurementError, ServerError) as error:
            failures.append(f"{name}: {error}")
    return figures, failures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=", description="Measure, on loopback and for a bounded time."
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS), choices=[*SECTIONS, []])
    sizes = parser.add_mutually_exclusive_group()
    for plan, text in {
        "quick": "a minute",
        "full": "a million versions and ten minutes of load",
        "tiny": "a test",
    }.items():
        sizes.add_argument(f"--{plan}", dest="plan", action="store_const", const=plan, default="default", help=text)
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    return parser


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show what is being done on standard error: one line that changes on a terminal, lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: console.print(text, highlight=False)
        return
    with console.status("Setting up") as status:
        yield status.update


def _stop(number: int, _: object) -> None:
    """Unwind, so that every process that was started is stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
