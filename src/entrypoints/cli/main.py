"""The ``provider-registry`` command."""

import atexit
import io
import os
import sys
from typing import Annotated

import typer

from domain.errors import RegistryError
from entrypoints.cli.lazy import LazyGroup

app = typer.Typer(
    cls=LazyGroup,
    help="Registers, verifies and serves wheel-backed provider versions.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which wraps paragraphs as wide as the terminal
    pretty_exceptions_enable=False,  # a traceback with local values could print secrets
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 -- not for other commands

        typer.echo(version("provider-registry"))
        raise typer.Exit


@app.callback()
def configured(
    *,
    version: Annotated[  # noqa: ARG001 -- its callback has answered by then
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Registers, verifies and serves wheel-backed provider versions."""
    from entrypoints.logging import configure_logging  # noqa: PLC0415 -- not for --help

    configure_logging("warning", "console")  # to standard error: what commands print is for pipes


def main() -> None:
    """Run the command line; a refusal ends it with its sentence."""
    try:
        _run()
    except SystemExit as end:
        if "obstore" in sys.modules:
            _exit_at_once(end)
        raise


def _run() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever a terminal's encoding lacks
    try:
        app(prog_name="provider-registry")
    except RegistryError as refusal:
        from entrypoints.cli.errors import exit_status  # noqa: PLC0415 -- not for --help

        typer.echo(f"{refusal.code}: {refusal.detail}", err=True)
        sys.exit(exit_status(refusal))


def _exit_at_once(end: SystemExit) -> None:
    """Exit without taking the interpreter apart.

    obstore's threads may still be handing over a result. Before Python 3.14, taking the interpreter apart ends such a
    thread in the middle of Rust code, which aborts the process.
    """
    if end.code is None or isinstance(end.code, int):
        atexit._run_exitfuncs()  # noqa: SLF001 -- os._exit leaves them out, and there is no public name
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code or 0)


if __name__ == "__main__":
    main()
