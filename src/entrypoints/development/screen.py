"""What development mode shows."""

import json
import shlex
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from entrypoints.development.clerk.tokens import FakeMachine
from entrypoints.development.demo import HELLO, STORAGE
from entrypoints.development.seeding import Seeded


class Screen:
    """Says step by step what happens, for people."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def opened(self, data: Path) -> None:
        """Say that nothing here is meant for production."""
        self._console.print(
            Panel(
                "The realms and the wheel host are fakes on loopback, and end with this. Their keys are the same "
                "everywhere, and worth nothing elsewhere.\n"
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

    def seeded(self, seeded: Sequence[Seeded]) -> None:
        """Show what was registered."""
        self._console.print(
            f"[green]✓[/green] Registered {len({each.release.provider.name for each in seeded})} providers"
        )
        for release, status, outcome in seeded:
            yanked = ", and is yanked" if release.yanked else ""
            line = f"  {status}: {release.provider.name} {release.version} {outcome}{yanked}"
            self._console.print(Text(line, "dim"), soft_wrap=True)

    def pipelines(self, environments: Mapping[str, Path], api_keys: Mapping[str, str]) -> None:
        """Print what a pipeline sources, and the organisations' keys."""
        self._console.rule("Register as pipelines do", style="dim")
        for namespace, file in environments.items():
            self._line(f". {file}    # then `provider-registry register PROJECT_DIR --wheel-url URL` for {namespace}/…")
        for slug, key in api_keys.items():
            self._line(f"API key of the organisation {slug}: {key}")

    def invitation(
        self, registry: str, realm: str, release: FakeMachine, body: Mapping[str, Any], *, wheels: Path, log: Path
    ) -> None:
        """Print commands that register a version of the reader's own."""
        self._console.rule("Or without the command", style="dim")
        self._line(f"Put a wheel into {wheels}/ and name it in wheel_url, or paste this as it is:\n")
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
        self._console.print(f"[dim]The server's log: {log}[/dim]", highlight=False)

    def hint(self, what: str) -> None:
        """Say what to do next."""
        self._console.print(f"  [yellow]{what}[/yellow]", highlight=False)

    def serving(self, url: str) -> None:
        """Say where to look, and how to stop."""
        self._console.rule("Look around", style="dim")
        pages = {
            "catalog": "/",
            "what a major version breaks": f"/catalog/{HELLO.name}/compare/1.1.0...2.0.0",
            "who built a version": f"/catalog/{STORAGE.name}/1.1.1",
            "the feed": "/changes",
            "the transparency log": "/log",
            "an index to install from": "/simple/",
            "the API": "/schema",
        }
        for what, path in pages.items():
            self._line(f"{url}{path}    {what}")
        self._console.print("Ctrl-C stops.", highlight=False)

    def failed(self, why: str) -> None:
        """Say what went wrong."""
        self._console.print(f"[red]✗[/red] {why}", highlight=False)

    def stopped(self) -> None:
        """Say that nothing is left running."""
        self._console.print("Stopped; nothing is left running.")

    def _line(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)
