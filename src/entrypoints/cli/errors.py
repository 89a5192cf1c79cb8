"""How commands end when something fails: message, code and exit status. docs/cli.md explains the statuses."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import structlog
import typer

from application.errors import StoreMisconfiguredError, TransientError
from domain.errors import InvalidValueError, RegistryError
from entrypoints.cli.output import echo
from entrypoints.environment import SettingsError

T = TypeVar("T")


def load_or_exit(load: Callable[[Mapping[str, str]], T], *, as_json: bool = False) -> T:
    """Return settings of the environment, or exit with status 2 and all their problems."""
    with exit_on_error(as_json=as_json):
        return load(os.environ)


def exit_status(refusal: RegistryError) -> int:
    """Return 4 for a transient failure, 2 for invalid input, 1 for everything else."""
    if isinstance(refusal, InvalidValueError | StoreMisconfiguredError):
        return 2
    return 4 if isinstance(refusal, TransientError) else 1


@contextmanager
def exit_on_error(*, as_json: bool) -> Iterator[None]:
    """Exit with the code, the sentence and the status of an error that leaves the context.

    With ``as_json`` they are a JSON document. The traceback of an unexpected error is logged on standard error.
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
    echo(line, err=not as_json)
    raise typer.Exit(status)
