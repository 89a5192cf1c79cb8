"""``provider-registry dev``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from entrypoints.development.screen import Screen
from entrypoints.development.session import Places, run

app = typer.Typer()


@app.command(epilog="Example: provider-registry dev --once --port 8010")
def dev(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the demo is registered.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the registry; 8000, or the next free one.")
    ] = None,
    wheel_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the local wheel host; 8443, or the next free one.")
    ] = None,
    data: Annotated[Path, typer.Option(help="Folder that keeps data between runs.")] = Path(".data"),
) -> None:
    """Start a local registry with two local realms and a demo in it. For development only."""
    places = Places(registry_port=port, wheel_port=wheel_port, data=data)
    raise typer.Exit(run(places, once=once, screen=Screen(Console())))
