"""``provider-registry tokens``: why a token is rejected, which responses do not say."""

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from application.errors import NotAuthenticatedError
from domain.errors import MachineNotAllowedError
from entrypoints.bootstrap import TokenInspection, inspect_machine_token, open_machine_authentication
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.output import echo
from entrypoints.environment import load_group
from entrypoints.settings import ConsoleSettings, TrustSettings

app = typer.Typer(help="Look into tokens.", no_args_is_help=True)
_MOST_BYTES = 1024 * 1024
_TIMES = {"iat", "exp", "nbf"}


@app.callback()
def tokens() -> None:
    """Look into tokens."""


@app.command(epilog="Example: provider-registry tokens inspect --online < token.txt")
def inspect(
    written: Annotated[
        str, typer.Argument(help="The token; '-', the default, reads it from standard input.", metavar="TOKEN|-")
    ] = "-",
    *,
    online: Annotated[bool, typer.Option("--online", help="Ask Clerk too, as the registry would.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Show what a machine token says, and the first check of this registry's that it would not pass.

    Standard input is the better way: what stands on a command line is seen by others on the host. The
    REGISTRY_CONSOLE_... settings count. Without --online this works offline and does not check the signature. Exits
    with 1 if a check would not pass, with 4 if Clerk cannot be reached.
    """
    with exit_on_error(as_json=as_json):
        settings = load_group(ConsoleSettings, os.environ)
        load_group(TrustSettings, os.environ)
        text = (_standard_input() if written == "-" else written).strip().removeprefix("Bearer ")
        inspection = inspect_machine_token(settings, text)
        if online:
            inspection = asyncio.run(_asked(settings, text, inspection))
    _show(inspection, as_json=as_json)
    raise typer.Exit(0 if inspection.failed_check is None else 1)


def _standard_input() -> str:
    """Read as much as a token may have; what is not UTF-8 is no token."""
    return "" if sys.stdin is None else sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", "replace")


async def _asked(settings: ConsoleSettings, token: str, inspection: TokenInspection) -> TokenInspection:
    failed = None
    async with open_machine_authentication(settings) as authenticate_machine:
        try:
            await authenticate_machine.execute(token)
        except NotAuthenticatedError as error:
            failed = error.reason
        except MachineNotAllowedError as error:
            failed = error.detail
    return replace(inspection, failed_check=failed, unchecked=())


def _show(inspection: TokenInspection, *, as_json: bool) -> None:
    if as_json:
        shown = {
            "kind": inspection.kind,
            "header": inspection.header,
            "claims": inspection.claims,
            "failed_check": inspection.failed_check,
            "unchecked": inspection.unchecked,
        }
        echo(json.dumps(shown))  # in ASCII: what a token says must not drive the terminal
        return
    echo(f"kind: {inspection.kind}")
    for part, members in (("header", inspection.header), ("claim", inspection.claims)):
        for name, value in members.items():
            echo(f"{part} {json.dumps(name)[1:-1]}: {json.dumps(value)}{_time(name, value)}")
    if inspection.failed_check is not None:
        echo(f"would be refused: {inspection.failed_check}")
    else:
        echo("passes every check" + (" that was made" if inspection.unchecked else ""))
    for part in inspection.unchecked:
        echo(f"not checked: {part} (--online does)")


def _time(name: str, value: object) -> str:
    if name not in _TIMES or not isinstance(value, int | float):
        return ""
    try:
        return f" ({datetime.fromtimestamp(value, UTC).isoformat()})"
    except (OverflowError, ValueError, OSError):
        return ""
