"""What several commands show alike: tables to people, documents to programs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from domain.verification import Verification


_NO_WIDTH = 100_000
"""Columns, where there is no terminal to be as wide as."""


def show_json(shown: object) -> None:
    """Print one JSON document."""
    import msgspec  # noqa: PLC0415 -- for programs only

    typer.echo(msgspec.json.encode(shown))


def show_table(columns: Sequence[str], rows: Iterable[Sequence["Text | str"]]) -> None:
    """Print a table; long cells are folded to a terminal's width, never cut. What is piped has a line for each row."""
    from rich.console import Console  # noqa: PLC0415 -- for people only
    from rich.table import Table  # noqa: PLC0415 -- likewise
    from rich.text import Text  # noqa: PLC0415 -- likewise

    table = Table(*columns, box=None, header_style="bold")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = _NO_WIDTH
    with console.capture() as shown:
        console.print(table)
    typer.echo("\n".join(line.rstrip() for line in shown.get().splitlines()))


def show_fields(fields: Mapping[str, object]) -> None:
    """Print what is known of one thing, a line for each field; what is None is left out."""
    show_table(("field", "value"), [(name, _text(value)) for name, value in fields.items() if value is not None])


def show_verdicts(verification: "Verification") -> None:
    """Print the verdict of each check."""
    from rich.text import Text  # noqa: PLC0415 -- for people only

    passed, refused = Text("passed", "green"), Text("refused", "red")
    rows = [(check.name, passed if check.passed else refused, check.detail) for check in verification.checks]
    show_table(("check", "verdict", "what was compared"), rows)


def show_outcome(text: str, *, good: bool) -> None:
    """Print how it ended, in a line."""
    from rich.console import Console  # noqa: PLC0415 -- for people only
    from rich.text import Text  # noqa: PLC0415 -- likewise

    mark = Text("✓ ", "green") if good else Text("✗ ", "red")
    Console().print(mark + Text(text), soft_wrap=True)


def written(at: datetime | None) -> str:
    """Write a time as operators read it, in UTC to the second."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"


def _text(value: object) -> str:
    return written(value) if isinstance(value, datetime) else str(value)
