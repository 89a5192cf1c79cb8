"""Output of ``register``: progress on standard error, the outcome on standard output."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from entrypoints.cli.output import echo, foreign, show
from entrypoints.cli.report_output import show_report
from entrypoints.client.accepted import OnWait
from entrypoints.client.errors import ClientError, RefusedError
from entrypoints.client.registry_api import RegistrationResult
from entrypoints.client.waiting import OnPoll

_OUTCOMES = {
    ("created", False): "registered",
    ("unchanged", False): "was registered already; nothing was written",
    ("created", True): "would be registered",
    ("unchanged", True): "is registered already; nothing would be written",
}


class ReleaseOutput:
    """Shows the progress and the outcome of a release."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(stderr=True, highlight=False)

    def note(self, text: str) -> None:
        """Print a line about something that goes on."""
        show(f"[yellow]…[/yellow] {foreign(text)}", err=True)

    @contextmanager
    def waiting(self, what: str, seconds: float) -> Iterator[OnPoll]:
        """Show a bar while the index does not show the release; without a terminal, a line at the first look."""
        columns = (SpinnerColumn(), TimeElapsedColumn(), BarColumn(20), TextColumn("{task.description}"))
        quiet = not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=quiet) as progress:
            task = progress.add_task(f"Looking for {what} on the package index", total=seconds or None)

            def on_poll(polls: int, elapsed: float, seen: str) -> None:
                progress.update(task, completed=elapsed, description=escape(f"The index {seen}: {what}"))
                if polls == 1 and quiet:
                    text = f"Waiting for {what}: the package index {seen} (for up to {seconds:g} s)"
                    show(escape(text), err=True)

            yield on_poll

    @contextmanager
    def building(self, what: str) -> Iterator[OnWait]:
        """Show for how long the registry has been at work; without a terminal, a line at the first look."""
        columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        quiet, is_told = not self._console.is_terminal, False
        with Progress(*columns, console=self._console, transient=True, disable=quiet) as progress:
            progress.add_task(escape(f"The registry fetches and verifies the wheel of {what}"), total=None)

            def on_wait(_: float) -> None:
                nonlocal is_told
                if quiet and not is_told:
                    is_told = True
                    show(escape(f"Waiting for {what}: the registry fetches and verifies its wheel"), err=True)

            yield on_wait

    def done(self, registration: RegistrationResult, registry: str) -> None:
        """Show the outcome, and where the registry at a URL shows the version."""
        if self._as_json:
            shown = {name: value for name, value in msgspec.to_builtins(registration).items() if value is not None}
            echo(msgspec.json.encode(shown))
        elif registration.version is None:
            self._fail(f"version_conflict: {registration.detail}")
        else:
            version = registration.version
            text = f"{version.get('canonical')} {version.get('version')} "
            text += _OUTCOMES.get((registration.outcome, registration.dry_run), registration.outcome)
            show(f"[green]✓[/green] {escape(text)}")
            if registration.outcome == "unchanged" or not registration.dry_run:
                page = f"{registry.rstrip('/')}/catalog/{version.get('canonical')}/{version.get('version')}"
                show(f"  {escape(page)}")
            compared = registration.compatibility
            if compared is not None and compared.get("report") is not None:
                show_report(compared["report"], since=compared["baseline"])

    def failed(self, error: ClientError) -> None:
        refusal = error if isinstance(error, RefusedError) else None
        if self._as_json:
            shown = {"outcome": "failed", "code": error.code, "detail": error.detail, "exit_status": error.exit_status}
            if refusal is not None:
                answered = {"status": refusal.status, "errors": refusal.errors, "request_id": refusal.request_id}
                shown |= answered if refusal.status is not None else {"errors": refusal.errors}
            echo(msgspec.json.encode(shown))
            return
        self._fail(f"{error.code}: {error.detail}")
        errors = () if refusal is None else refusal.errors
        for field in errors:
            place, problem = ".".join(str(part) for part in field.get("loc", ())), str(field.get("msg"))
            if len(errors) > 1 or problem not in error.detail:
                show(f"    {foreign(place)}: {foreign(problem)}", err=True)
        if refusal is not None and refusal.request_id is not None:
            show(f"    request id {foreign(refusal.request_id)}", err=True)

    def _fail(self, text: str) -> None:
        show(f"[red]✗[/red] {foreign(text)}", err=True)
