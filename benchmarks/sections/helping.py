"""The cold start of the command line: how long ``--help`` takes, and what it imports."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, Spread, at_most
from benchmarks.processes import inherited
from benchmarks.rounds import interleaved
from benchmarks.workbench import Workbench

_HELP = ("-m", "entrypoints.cli.main", "--help")
_LISTED = 3
_IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+(\d+) \| ( *)(\S+)$", re.MULTILINE)


def measure(bench: Workbench) -> Iterator[Figure]:
    """Ask for help, in turn with an interpreter that does nothing."""
    seconds = interleaved(
        bench, "Asking for help", {"help": lambda: _seconds(*_HELP), "python": lambda: _seconds("-c", "pass")}
    )
    added = [ours - bare for ours, bare in zip(seconds["help"], seconds["python"], strict=True)]
    yield Figure(
        section="help",
        what=f"`provider-registry --help`, imports: {_dearest_imports()}",
        against="an interpreter that does nothing",
        value=Spread.of(added),
        unit="s more",
        goal=at_most(0.5),
    )


def _seconds(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-P", *arguments], env=inherited(), check=True, capture_output=True)
    return time.perf_counter() - started


def _dearest_imports() -> str:
    """Name the packages whose import takes longest, with all that they import."""
    command = [sys.executable, "-P", "-X", "importtime", *_HELP]
    told = subprocess.run(command, env=inherited(), check=True, capture_output=True, text=True).stderr
    found = {name: int(taken) for taken, _, name in _IMPORTED.findall(told) if "." not in name}
    dearest = sorted(found.items(), key=lambda entry: -entry[1])[:_LISTED]
    return ", ".join(f"{name} {taken / 1000:.0f} ms" for name, taken in dearest)
