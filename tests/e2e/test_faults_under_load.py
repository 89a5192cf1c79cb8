"""Servers end under load in every way there is; what they acknowledged is there, and what they did not is repeated."""

import subprocess
from collections.abc import Callable

import psutil
import pytest

from tests.support.load import Load
from tests.support.postgres import cut_connections
from tests.support.stack import Stack

pytestmark = pytest.mark.faults

Fault = Callable[[Stack, subprocess.Popen[bytes]], None]


def kill_the_server(_stack: Stack, process: subprocess.Popen[bytes]) -> None:
    process.kill()


def kill_a_worker(_stack: Stack, process: subprocess.Popen[bytes]) -> None:
    psutil.Process(process.pid).children(recursive=True)[-1].kill()


def stop_the_server(_stack: Stack, process: subprocess.Popen[bytes]) -> None:
    process.terminate()


def break_off_its_connections(stack: Stack, _process: subprocess.Popen[bytes]) -> None:
    cut_connections(stack.settings["DATABASE_URL"])


@pytest.mark.parametrize("fault", [kill_the_server, kill_a_worker, stop_the_server, break_off_its_connections])
def test_nothing_acknowledged_is_lost_or_there_twice(stack: Stack, fault: Fault) -> None:
    with Load(stack, may_be_away=True) as load:
        with stack.server(REGISTRY_WORKERS="2") as process:
            load.wait_for_more()
            fault(stack, process)
        with stack.server(REGISTRY_WORKERS="2") as process:
            stack.wait_until_ready(process)
            load.wait_for_more()

    load.require_all_once(stack.settings["DATABASE_URL"])
