"""``provider-registry mirror``: the copies of wheels that the registry keeps."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from application.use_cases.maintain_mirror import MirrorOutcome, MirrorStep
from entrypoints.bootstrap import open_admin_use_cases
from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.cli.numbers import finite
from entrypoints.cli.operations import AsJson, database_settings, require_database
from entrypoints.cli.output import show_json, show_outcome
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import MirrorSettings, WheelSettings
from entrypoints.use_cases import MirrorUseCases

_CENTURY_DAYS = 36_500

app = typer.Typer(
    help="Fill, verify and sweep the mirror. Each command can be interrupted, and goes on where it was.",
    no_args_is_help=True,
)
Steps = Callable[[MirrorUseCases], AsyncIterator[MirrorStep]]


@app.command(epilog="Example: provider-registry mirror backfill")
def backfill(*, as_json: AsJson = False) -> None:
    """Keep copies of the wheels that were registered without one. Exits with 1 if some could not be fetched."""
    _report(lambda mirror: mirror.backfill.execute(), as_json=as_json)


@app.command(epilog="Example: provider-registry mirror verify --days 30")
def verify(
    *,
    days: Annotated[
        float,
        typer.Option(min=0, max=_CENTURY_DAYS, callback=finite, help="Leave out copies that were verified since."),
    ] = 1.0,
    metrics_file: Annotated[
        Path | None, typer.Option(help="Write the counts for Prometheus' node exporter (`….prom`).", metavar="PATH")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read copies back and compare their digests. What is damaged or gone is fetched from its host again.

    Exits with 1 if some could not be repaired.
    """
    _report(lambda mirror: mirror.verify.execute(timedelta(days=days)), as_json=as_json, metrics_file=metrics_file)


@app.command(epilog="Example: provider-registry mirror sweep")
def sweep(*, as_json: AsJson = False) -> None:
    """Remove copies older than a day that no public version has."""
    _report(lambda mirror: mirror.sweep.execute(), as_json=as_json)


def _report(steps: Steps, *, as_json: bool, metrics_file: Path | None = None) -> None:
    database = database_settings(as_json=as_json)
    wheel = load_or_exit(partial(load_group, WheelSettings), as_json=as_json)
    settings = load_or_exit(partial(load_group, MirrorSettings), as_json=as_json)

    async def run() -> Counter[MirrorOutcome]:
        counts: Counter[MirrorOutcome] = Counter()
        async with open_admin_use_cases(database, wheel, mirror=settings) as admin:
            if admin.mirror is None:
                raise SettingsError(["REGISTRY_MIRROR: is off; set it to best_effort or required"])
            async for step in steps(admin.mirror):
                counts[step.outcome] += 1
                _show(step, counts.total())
        return counts

    with exit_on_error(as_json=as_json):
        require_database(database)
        counts = asyncio.run(run())
        if metrics_file is not None:
            _replace(metrics_file, verification_metrics(counts))
    failed = counts[MirrorOutcome.FAILED]
    if as_json:
        show_json({outcome.value: counts[outcome] for outcome in MirrorOutcome})
    else:
        said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "nothing to do"
        show_outcome(f"Done: {said}.", good=not failed)
    raise typer.Exit(1 if failed else 0)


def verification_metrics(counts: Mapping[MirrorOutcome, int]) -> str:
    """Return what a verification came to, in Prometheus' text format."""
    name = "registry_mirror_verified_copies"
    outcomes = (MirrorOutcome.INTACT, MirrorOutcome.REPAIRED, MirrorOutcome.FAILED)
    samples = (f'{name}{{outcome="{outcome}"}} {counts.get(outcome, 0)}\n' for outcome in outcomes)
    return f"# HELP {name} Copies that the last verification read, by outcome.\n# TYPE {name} gauge\n{''.join(samples)}"


def _replace(path: Path, text: str) -> None:
    """Write a file that is never seen half-written."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.replace(path)


def _show(step: MirrorStep, number: int) -> None:
    """Tell of progress on standard error: what is printed is the result."""
    wheel = f"{step.wheel.provider} {step.wheel.version}" if step.wheel else "a wheel of no version"
    why = f": {step.code}: {step.detail}" if step.detail else ""
    typer.echo(f"{number} {step.outcome.value} {step.sha256.hex[:12]} {wheel}{why}", err=True)
