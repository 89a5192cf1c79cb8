"""Ending a command: with which words, and with which status. docs/cli.md explains the statuses."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import typer

from domain.errors import InvalidValueError, RegistryError, StoreMisconfiguredError, TransientError
from entrypoints.environment import SettingsError

T = TypeVar("T")


def usable(load: Callable[[Mapping[str, str]], T], *, as_json: bool = False) -> T:
    """Return the settings in the environment, or end with a message that names all that is wrong, and status 2."""
    with refusals(as_json=as_json):
        return load(os.environ)


def exit_status(refusal: RegistryError) -> int:
    """Return 4 for what may pass by itself, 2 for what was written wrongly, 1 for all else."""
    if isinstance(refusal, InvalidValueError | StoreMisconfiguredError):
        return 2
    return 4 if isinstance(refusal, TransientError) else 1


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """End the command with what the registry says, should it refuse, or with what is wrong with the settings.

    Programs get a document.
    """
    try:
        yield
    except SettingsError as error:
        code, status, detail = "unusable", 2, str(error)
        told = detail
    except RegistryError as refusal:
        code, status, detail = refusal.code, exit_status(refusal), refusal.detail
        told = f"{code}: {detail}"
    else:
        return
    if as_json:
        told = json.dumps({"outcome": "failed", "code": code, "detail": detail, "exit_status": status})
    typer.echo(told, err=not as_json)
    raise typer.Exit(status)
