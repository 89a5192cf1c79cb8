"""``provider-registry tasks``: what is queued."""

from typing import Annotated, Any
from uuid import UUID

import typer

from domain.tasks import QueuedTask
from entrypoints.cli.operations import AsJson, operate
from entrypoints.cli.output import show_json, show_outcome, show_table, written

app = typer.Typer(help="Look into what is queued, and try it again at once.", no_args_is_help=True)


@app.command("list", epilog="Example: provider-registry tasks list --json")
def list_tasks(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what is queued, the longest due first, and how the last attempt ended."""
    found = operate(lambda admin: admin.inspect_tasks.list_tasks(limit=limit), as_json=as_json)
    if as_json:
        show_json([_shown(queued) for queued in found])
        return
    columns = ("id", "kind", "of", "attempts", "state", "due", "last error")
    show_table(
        columns,
        [
            (
                str(queued.task.id),
                queued.task.kind.value,
                queued.task.key,
                str(queued.attempts),
                "leased" if queued.is_leased else "waits",
                written(queued.due_at),
                queued.last_error or "",
            )
            for queued in found
        ],
    )


@app.command(epilog="Example: provider-registry tasks retry 9f1c1f0e-7a43-4d0e-9d52-3a1d2b7c8e90")
def retry(
    task_id: Annotated[UUID, typer.Argument(help="The id of the task, as `tasks list` shows it.", metavar="ID")],
    *,
    as_json: AsJson = False,
) -> None:
    """Try a task again now, with all its attempts before it. Exits with 1 if a worker has it, or it is not there."""
    is_due = operate(lambda admin: admin.inspect_tasks.make_due(task_id), as_json=as_json)
    if as_json:
        show_json({"id": str(task_id), "outcome": "due" if is_due else "unchanged"})
    else:
        text = "is due now." if is_due else "is not queued, or a worker has it; nothing changed."
        show_outcome(f"Task {task_id} {text}", good=is_due)
    raise typer.Exit(0 if is_due else 1)


def _shown(queued: QueuedTask) -> dict[str, Any]:
    task = queued.task
    return {
        "id": str(task.id),
        "kind": task.kind.value,
        "key": task.key,
        "request_id": task.request_id,
        "attempts": queued.attempts,
        "is_leased": queued.is_leased,
        "due_at": queued.due_at,
        "created_at": task.created_at,
        "last_error": queued.last_error,
    }
