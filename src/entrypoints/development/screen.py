"""What development mode shows."""

import json
import shlex
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from entrypoints.development.clerk.tokens import FakeMachine


class Screen:
    """Says step by step what happens, for people."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def opened(self, data: Path) -> None:
        """Say that nothing here is meant for production."""
        self._console.print(
            Panel(
                "The realm, its keys and the wheel host are local and thrown away when this stops.\n"
                "The registry itself is the real one, on loopback only. Data stays in "
                f"{escape(str(data))}/ between runs.",
                title="Provider Registry, development mode",
                border_style="yellow",
            )
        )

    def step(self, what: str, result: str) -> None:
        """Show a step that succeeded."""
        self._console.print(f"[green]✓[/green] {what}")
        self._console.print(f"  [dim]{result}[/dim]", highlight=False, soft_wrap=True)

    def working(self, what: str) -> AbstractContextManager[object]:
        """Show that something takes a while, until the context ends."""
        return self._console.status(what)

    def version(self, version: Mapping[str, Any]) -> None:
        """Show what the registry recorded."""
        table = Table("field", "what the registry recorded", box=None, header_style="bold")
        table.columns[1].overflow = "fold"
        for field in (
            "canonical",
            "version",
            "status",
            "wheel_sha256",
            "wheel_size",
            "package_name",
            "requires_python",
            "registered_by",
            "published_at",
        ):
            table.add_row(field, str(version[field]))
        self._console.print(table)

    def invitation(
        self, registry: str, realm: str, release: FakeMachine, body: Mapping[str, Any], *, wheels: Path, log: Path
    ) -> None:
        """Print commands that register a version of the reader's own."""
        self._console.rule("Register one of your own", style="dim")
        self._console.print(
            f"Put a wheel into {wheels}/ and name it in wheel_url, or paste this as it is:\n", highlight=False
        )
        mint = (
            f"TOKEN=$(curl -s {realm}/v1/m2m_tokens -H 'Authorization: Bearer {release.secret}' "
            "-H 'Content-Type: application/json' -d '{\"token_format\": \"jwt\"}' "
            "| python3 -c 'import json, sys; print(json.load(sys.stdin)[\"token\"])')"
        )
        announce = (
            f'curl -i {registry}/console/provider-versions -H "Authorization: Bearer $TOKEN" '
            f"-H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}"
        )
        self._console.print(f"{mint}\n{announce}\n", highlight=False, markup=False, soft_wrap=True)
        self._console.print("[dim]The token lives for an hour; run the first line again after that.[/dim]")
        self._console.print(
            f"[dim]Or as pipelines do: . {escape(str(log.parent))}/register.env; "
            "provider-registry register PROJECT_DIR --wheel-url URL[/dim]",
            highlight=False,
            soft_wrap=True,
        )
        self._console.print(f"[dim]The server's log: {log}[/dim]", highlight=False)

    def hint(self, what: str) -> None:
        """Say what to do next."""
        self._console.print(f"  [yellow]{what}[/yellow]", highlight=False)

    def serving(self, url: str) -> None:
        """Say where to look, and how to stop."""
        self._console.print(
            f"Open {url}/ in a browser: the catalog, with the example in it "
            f"(the API: {url}/schema, or {url}/schema/openapi.json). Ctrl-C stops.",
            highlight=False,
        )

    def failed(self, why: str) -> None:
        """Say what went wrong."""
        self._console.print(f"[red]✗[/red] {why}", highlight=False)

    def stopped(self) -> None:
        """Say that nothing is left running."""
        self._console.print("Stopped; nothing is left running.")
