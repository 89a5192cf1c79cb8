"""What the log shows, and what it must never show."""

import json
import logging
import sys
from typing import Literal

import pytest
import structlog

from entrypoints.logging import configure_logging

SECRET = "ak_live_0123456789"


pytestmark = pytest.mark.usefixtures("restored_logging")


def fail() -> None:
    token = SECRET
    raise RuntimeError(f"failed with {len(token)} characters")


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("logger", ["structlog", "logging"])
def test_a_traceback_shows_lines_and_no_values(
    form: Literal["json", "console"], logger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", form)
    log = structlog.get_logger() if logger == "structlog" else logging.getLogger("any")
    try:
        fail()
    except RuntimeError:
        log.exception("request_failed")

    shown = capsys.readouterr().err
    assert "RuntimeError" in shown
    assert "failed with 18 characters" in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("terminal", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_colours_are_for_terminals_that_want_them(
    terminal: bool, no_color: str, coloured: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    configure_logging("info", "console")
    structlog.get_logger().info("ours", provider="platform/gcp")

    assert ("\x1b[" in capsys.readouterr().err) == coloured


def test_json_lines_are_for_machines_whoever_logs(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    structlog.get_logger().info("ours", provider="platform/gcp")
    logging.getLogger("theirs").warning("theirs %s", 1)

    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["provider"]) == ("ours", "info", "platform/gcp")
    assert (theirs["event"], theirs["level"]) == ("theirs 1", "warning")


def test_http_clients_do_not_log_the_urls_they_ask_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).info("GET https://wheels.example.com/?signature=x")

    assert capsys.readouterr().err == ""


def test_a_line_is_written_at_once_so_that_those_of_several_workers_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(sys.stderr, "write", written.append)
    configure_logging("info", "json")
    structlog.get_logger().info("ours")
    logging.getLogger("any").warning("theirs")

    assert [line.endswith("}\n") for line in written] == [True, True]
