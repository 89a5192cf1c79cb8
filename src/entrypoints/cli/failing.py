"""Ending a command because of its settings."""

import os
from collections.abc import Callable, Mapping
from typing import TypeVar

import typer

from entrypoints.environment import SettingsError

T = TypeVar("T")


def usable(load: Callable[[Mapping[str, str]], T]) -> T:
    """Return the settings in the environment, or end with a message that names all that is wrong, and status 2."""
    try:
        return load(os.environ)
    except SettingsError as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
