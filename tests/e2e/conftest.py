"""The real server as a process of its own, with a real realm, a real wheel host and a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.slow_host import SlowHost, a_slow_host
from tests.support.stack import Stack, a_stack

__all__ = ["Stack", "stack"]


@pytest.fixture
def stack(database_dsn: str, tmp_path: Path) -> Iterator[Stack]:
    with a_stack(database_dsn, tmp_path) as stack:
        yield stack


@pytest.fixture
def slow_host(stack: Stack, tmp_path: Path) -> Iterator[SlowHost]:
    with a_slow_host(stack, tmp_path) as host:
        yield host
