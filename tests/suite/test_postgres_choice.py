"""The PostgreSQL server that the suite runs on."""

from collections.abc import Iterator

import pytest

from tests.support.docker_engine import ADDRESS, DATABASE_PORT, REFUSAL, DockerEngine, a_docker_engine
from tests.support.ports import free_port
from tests.support.postgres import fetch
from tests.support.postgres_server import IMAGE, a_server

CONTAINER = f"a container of {IMAGE}"


@pytest.fixture
def choice(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Environment variables to set, and none that decides already."""
    from testcontainers.core.config import testcontainers_config  # noqa: PLC0415 - it takes a second

    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    monkeypatch.setattr(testcontainers_config, "tc_properties", {})
    for name in ("TEST_DATABASE_URL", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "DOCKER_TLS_VERIFY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def engine(choice: pytest.MonkeyPatch) -> Iterator[DockerEngine]:
    with a_docker_engine(with_images=True) as (engine, address):
        choice.setenv("DOCKER_HOST", address)
        yield engine


def test_the_server_that_is_named_is_used_and_no_engine_is_asked(
    choice: pytest.MonkeyPatch, engine: DockerEngine
) -> None:
    reports: list[str] = []
    choice.setenv("TEST_DATABASE_URL", "postgresql://me@db.example.com/postgres")

    with a_server(reports.append) as dsn:
        assert dsn == "postgresql://me@db.example.com/postgres"
    assert reports == ["the one that TEST_DATABASE_URL names"]
    assert engine.asked == []


def test_a_container_is_used_where_an_engine_answers_and_is_removed_afterwards(engine: DockerEngine) -> None:
    reports: list[str] = []

    with a_server(reports.append) as dsn:
        assert dsn == f"postgresql://test:test@{ADDRESS}:{DATABASE_PORT}/test"
        assert not any(request.startswith("DELETE") for request in engine.asked)
    assert reports == [CONTAINER]
    assert engine.asked[-1] == "DELETE /containers/c0ffee"


def test_the_embedded_server_is_used_where_the_image_cannot_be_had(choice: pytest.MonkeyPatch) -> None:
    reports: list[str] = []

    with a_docker_engine(with_images=False) as (_, address):
        choice.setenv("DOCKER_HOST", address)
        with a_server(reports.append) as dsn:
            assert fetch(dsn, "SHOW fsync") == [("off",)]
    (report,) = reports
    assert report.startswith(f"the embedded one, as {CONTAINER} does not start: ")
    assert REFUSAL in report


@pytest.mark.parametrize("broken", ["POST /containers/c0ffee/start", "GET /containers/c0ffee/json"])
def test_the_embedded_server_is_used_where_the_engine_is_broken(
    choice: pytest.MonkeyPatch, engine: DockerEngine, broken: str
) -> None:
    reports: list[str] = []
    engine.answers.insert(0, (broken, 500, {"message": "no space left on device"}))

    with a_server(reports.append) as dsn:
        assert fetch(dsn, "SELECT 1") == [(1,)]
    assert "no space left on device" in reports[0]


def test_the_embedded_server_is_used_where_no_engine_answers(choice: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    choice.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{free_port()}")

    with a_server(reports.append) as dsn:
        assert fetch(dsn, "SELECT 1") == [(1,)]
    assert reports[0].startswith(f"the embedded one, as {CONTAINER} does not start: ")
    assert len(reports[0].splitlines()) == 1
