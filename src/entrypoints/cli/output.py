"""Output of commands: tables for people, JSON for programs."""

import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from domain.verification import Verification

_NO_WIDTH = 100_000
"""Columns, where there is no terminal to be as wide as."""


def echo(text: str | bytes, *, err: bool = False, nl: bool = True) -> None:
    """Print to standard output or standard error.

    If the reader is gone, or the disk is full, the text is lost and the command goes on: its exit
    status tells what it did.
    """
    try:
        typer.echo(text, err=err, nl=nl)
    except OSError as error:
        stream = sys.stderr if err else sys.stdout
        with Path(os.devnull).open("wb") as nowhere:  # or Python would fail once more at its end
            os.dup2(nowhere.fileno(), stream.fileno())
        if not err:
            echo(f"standard output could not be written: {error.strerror}", err=True)


def show(shown: Text | str, *, err: bool = False) -> None:
    """Print what rich renders, on lines as long as they are."""
    console = _console(err=err)
    console.print(shown, soft_wrap=True)
    echo(_rendered(console), err=err, nl=False)


def foreign(text: str) -> str:
    """Return a text of another host as markup, with its control characters spelt out: a terminal would obey them."""
    plain = (each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode() for each in text)
    return escape("".join(plain))


def show_json(shown: object) -> None:
    echo(msgspec.json.encode(shown))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Text | str]]) -> None:
    """Print a table; long cells are folded to a terminal's width, never cut. What is piped has a line for each row."""
    table = Table(*columns, box=None, header_style="bold")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    console = _console()
    if not console.is_terminal:
        console.width = _NO_WIDTH
    console.print(table)
    echo("\n".join(line.rstrip() for line in _rendered(console).splitlines()))


def show_fields(fields: Mapping[str, object]) -> None:
    """Print what is known of one thing, a line for each field; what is None is left out."""
    show_table(("field", "value"), [(name, _text(value)) for name, value in fields.items() if value is not None])


def show_verdicts(verification: "Verification") -> None:
    passed, refused = Text("passed", "green"), Text("refused", "red")
    rows = [(check.name, passed if check.passed else refused, check.detail) for check in verification.checks]
    show_table(("check", "verdict", "what was compared"), rows)


def show_outcome(text: str, *, good: bool) -> None:
    """Print how it ended, in a line."""
    mark = Text("✓ ", "green") if good else Text("✗ ", "red")
    show(mark + Text(text))


def written(at: datetime | None) -> str:
    """Write a time as operators read it, in UTC to the second."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"


def _text(value: object) -> str:
    return written(value) if isinstance(value, datetime) else str(value)


def _console(*, err: bool = False) -> Console:
    """Return a console that renders for standard output or standard error, and writes to neither."""
    stream = sys.stderr if err else sys.stdout
    return Console(file=io.StringIO(), force_terminal=(stream is not None and stream.isatty()) or None, highlight=False)


def _rendered(console: Console) -> str:
    rendered: str = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    return rendered
