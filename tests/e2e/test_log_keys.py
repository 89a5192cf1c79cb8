"""Keys of the transparency log that take each other's place, and databases that come back from a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.test_command_line import run
from tests.e2e.test_transparency_log import ORIGIN, World
from tests.support.postgres import a_database, cut_connections, fetch
from tests.support.stack import Stack
from tests.support.waiting import wait_until

PENDING = "SELECT count(*) FROM log_pending"


def _new_key(path: Path) -> str:
    made = run("log", "keygen", ORIGIN, "--out", str(path))
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture
def world(stack: Stack, tmp_path: Path) -> World:
    return World(stack, tmp_path, _new_key(tmp_path / "log.key"), tmp_path / "log.key")


def _verified(world: World, *keys: str, kept: str = "kept") -> tuple[int, str | None, int | None]:
    """Return the status, the code of a refusal, and the size that was kept before."""
    arguments = [each for key in keys for each in ("--key", key)]
    status, said, _ = world.command("verify", world.stack.url, *arguments, "--state", str(world.folder / kept))
    return status, said.get("code"), said.get("kept")


def test_another_key_takes_the_place_of_one_with_an_overlap(world: World) -> None:
    assert world.command("init")[0] == 0
    old, new = world.verifier, _new_key(world.folder / "new.key")
    with world.serving():
        world.register("1.0.0")
        world.wait_until_logged(3)
        assert _verified(world, old) == (0, None, None)
    with world.key.open("a") as file:
        file.write((world.folder / "new.key").read_text())
    with world.serving():
        world.register("1.1.0")
        world.wait_until_logged(4)
        both = [_verified(world, old, kept="other"), _verified(world, new), _verified(world, old)]
    world.key.write_text((world.folder / "new.key").read_text())
    with world.serving():
        world.register("1.2.0")
        world.wait_until_logged(5)
        after = [_verified(world, new), _verified(world, old)]

    assert both == [(0, None, None), (0, None, 3), (0, None, 4)]
    assert after == [(0, None, 4), (1, "log_checkpoint_invalid", None)]


@pytest.mark.hostile
def test_a_key_that_leaked_is_replaced_at_once_and_what_clients_kept_still_counts(world: World) -> None:
    assert world.command("init")[0] == 0
    with world.serving():
        world.register("1.0.0")
        world.wait_until_logged(3)
        assert _verified(world, world.verifier) == (0, None, None)
    world.key.unlink()
    new = _new_key(world.key)
    with world.serving():
        served_before = _verified(world, new, kept="other")
        world.register("1.1.0")
        world.wait_until_logged(4)
        after = [_verified(world, world.verifier), _verified(world, new)]

    assert served_before == (1, "log_checkpoint_invalid", None)
    assert after == [(1, "log_checkpoint_invalid", None), (0, None, 3)]


@contextmanager
def copied(world: World, server: str) -> Iterator[World]:
    """Restore what the database holds now on the side, under the key and the checkpoint file that there are."""
    cut_connections(world.database)
    with a_database(server, template=world.database) as dsn:
        yield replace(world, stack=replace(world.stack, settings={**world.stack.settings, "DATABASE_URL": dsn}))


def test_a_log_goes_on_from_a_backup_that_has_all_that_was_signed(world: World, postgres_dsn: str) -> None:
    assert world.command("init")[0] == 0
    with world.serving():
        world.register("1.0.0")
        world.wait_until_logged(3)
        assert world.verify()[0] == 0
    with copied(world, postgres_dsn) as restored, restored.serving():
        restored.register("1.1.0")
        restored.wait_until_logged(4)
        verified = restored.verify("--every-entry")

    assert (verified[0], verified[1]["kept"], verified[1]["entries"]) == (0, 3, 4)


@pytest.mark.faults
def test_an_older_backup_signs_nothing_while_what_was_signed_is_known(world: World, postgres_dsn: str) -> None:
    assert world.command("init")[0] == 0
    with world.serving():
        world.register("1.0.0")
        world.wait_until_logged(3)
    with copied(world, postgres_dsn) as restored:
        with world.serving():
            world.register("1.1.0")
            world.wait_until_logged(4)
            assert world.verify()[0] == 0
        failures = 'registry_log_append_failures_total{code="log_would_fork"}'
        with restored.serving():
            restored.register("1.2.0")
            wait_until(lambda: failures in restored.stack.get("/metrics").text)
            seen = restored.verify()
            pending = fetch(restored.database, PENDING)

    assert (seen[0], seen[1]["code"]) == (1, "log_went_back")
    assert pending == [(1,)]
