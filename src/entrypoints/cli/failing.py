"""Ending a command: with which words, and with which status. docs/cli.md explains the statuses."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import typer

from domain.errors import InvalidValueError, RegistryError, TransientError
from entrypoints.environment import SettingsError

T = TypeVar("T")


def usable(load: Callable[[Mapping[str, str]], T]) -> T:
    """Return the settings in the environment, or end with a message that names all that is wrong, and status 2."""
    try:
        return load(os.environ)
    except SettingsError as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None


def exit_status(refusal: RegistryError) -> int:
    """Return 4 for what may pass by itself, 2 for what was written wrongly, 1 for all else."""
    if isinstance(refusal, TransientError):
        return 4
    return 2 if isinstance(refusal, InvalidValueError) else 1


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """End the command with what the registry says, should it refuse; programs get a document."""
    try:
        yield
    except RegistryError as refusal:
        status = exit_status(refusal)
        if as_json:
            failed = {"outcome": "failed", "code": refusal.code, "detail": refusal.detail, "exit_status": status}
            typer.echo(json.dumps(failed))
        else:
            typer.echo(f"{refusal.code}: {refusal.detail}", err=True)
        raise typer.Exit(status) from None
