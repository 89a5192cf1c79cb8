"""Output of ``check`` for a project."""

from rich.text import Text

from entrypoints.cli.output import show, show_json, show_outcome
from entrypoints.client.project_check import ProjectCheck

_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


def show_project(checked: ProjectCheck, *, as_json: bool) -> None:
    """Print what was checked, what is wrong, and what was left out."""
    if as_json:
        show_json(checked)
        return
    for wheel in checked.wheels:
        if wheel.passed:
            show_outcome(_printable(f"{wheel.file}: {len(wheel.verification.checks)} checks passed"), good=True)
    if checked.schemas is not None and checked.schemas.passed:
        show_outcome(_printable(checked.schemas.checks[-1].detail), good=True)
    for problem in checked.problems:
        show(Text("✗ ", "red") + Text(_printable(f"{problem.place}: {problem.detail} [{problem.code}]")))
    for note in checked.notes:
        show(Text("! ", "yellow") + Text(note), err=True)
    which = f"{checked.provider} {checked.version}"
    if checked.passed:
        show_outcome(f"{which}: nothing here for which a registry would refuse it", good=True)
    else:
        show_outcome(f"{which} would be refused, or not be what was meant", good=False)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else _UNPRINTABLE for each in text)
