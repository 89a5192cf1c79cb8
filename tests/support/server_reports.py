"""Shows at the end of a run which PostgreSQL servers the tests used, those of xdist's workers included."""

from typing import Any

import pytest

SERVERS = pytest.StashKey[set[str]]()
"""What ran, in a line each."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        servers = session.config.stash[SERVERS]
        session.config.workeroutput["servers"] = list(servers)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    servers: list[str] = getattr(node, "workeroutput", {}).get("servers", [])
    node.config.stash[SERVERS].update(servers)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    servers = config.stash[SERVERS]
    for server in sorted(servers):
        terminalreporter.write_line(f"PostgreSQL of these tests: {server}")
