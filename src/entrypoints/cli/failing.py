"""Ending a command: with which words, and with which status. docs/cli.md explains the statuses."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import structlog
import typer

from application.errors import StoreMisconfiguredError, TransientError
from domain.errors import InvalidValueError, RegistryError
from entrypoints.cli.showing import tell
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
    """End the command with what the registry says, should it refuse, or with what is wrong with the settings or a file.

    Programs get a JSON document for unexpected errors too; the traceback is then logged on standard error.
    """
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except SettingsError as error:
        code, status, detail = "unusable", 2, str(error)
        line = detail
    except RegistryError as refusal:
        code, status, detail = refusal.code, exit_status(refusal), refusal.detail
        line = f"{code}: {detail}"
    except KeyboardInterrupt:
        code, status, detail = "interrupted", 130, "interrupted; running this again is safe"
        line = f"{code}: {detail}"
    except Exception as error:  # noqa: BLE001 -- the last resort
        if isinstance(error, OSError) and error.filename is not None:
            code, status, detail = "unusable", 2, f"{error.filename}: {error.strerror}"
        else:
            structlog.get_logger().exception("command_failed")
            code, status = "internal_error", 1
            detail = (
                f"a defect of this program ({type(error).__name__}); please report it with the lines on standard error"
            )
        line = f"{code}: {detail}"
    else:
        return
    if as_json:
        line = json.dumps({"outcome": "failed", "code": code, "detail": detail, "exit_status": status})
    tell(line, err=not as_json)
    raise typer.Exit(status)
