"""A server does what it accepted, unless it is told not to."""

from tests.e2e.test_command_line import run
from tests.e2e.test_work import EVENTS, World, world
from tests.support.postgres import fetch
from tests.support.waiting import wait_until

__all__ = ["world"]


def test_a_server_does_what_it_accepted_and_counts_it(world: World) -> None:
    with world.serving(REGISTRY_TASKS="registrations"):
        location = world.accept(world.host.upload())
        wait_until(lambda: world.stack.get(location).status_code == 303)
        wait_until(lambda: "registry_tasks_due" in world.stack.get("/metrics").text)
        metrics = world.stack.get("/metrics").text
    assert fetch(world.dsn, EVENTS) == [("published",)]
    assert 'registry_tasks_claimed_total{kind="registration"} 1.0' in metrics
    assert 'registry_task_duration_seconds_count{kind="registration",outcome="done"} 1.0' in metrics


def test_a_process_without_work_says_what_to_set(world: World) -> None:
    ended = run("work", **world.settings)
    assert (ended.returncode, "REGISTRY_TASKS" in ended.stderr) == (2, True)
