"""A log of 70,000 entries before clients that nobody here wrote; run by ``make test-log``.

Go's own packages read it whole, and a witness (C2SP tlog-witness) cosigns what only grew.
"""

import base64
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from adapters import ed25519
from domain.log import proofs
from domain.log.checkpoints import Checkpoint
from domain.log.notes import Note
from domain.log.tiles import TileName
from entrypoints.log_keys import read_signing_keys
from tests.e2e.conftest import Stack, stack
from tests.e2e.test_transparency_log import BY_HAND, ORIGIN, World, world
from tests.support.ports import free_port
from tests.support.postgres import execute
from tests.support.waiting import wait_until

__all__ = ["Stack", "stack", "world"]

TOOLS = Path(os.environ["LOG_TOOLS"])
SIZE, EARLIER = 70_000, 300
WITNESS = "witness.example.org/w1"
GROW = """
    INSERT INTO version_events (id, version_id, action, at, actor)
    SELECT gen_random_uuid(), id, CASE number % 2 WHEN 1 THEN 'yanked' ELSE 'restored' END, now(), 'mch_release'
    FROM provider_versions, generate_series(1, {count}) AS number ORDER BY number
"""


@pytest.fixture
def served(world: World) -> Iterator[World]:
    """A log of 300 entries, which grows by itself."""
    assert world.command("init")[0] == 0
    with world.serving():
        world.register("1.0.0")  # three entries, with the opening and the metadata
        execute(world.database, GROW.format(count=EARLIER - 3))
        world.wait_until_logged(EARLIER)
        yield world


def _grow(world: World) -> None:
    execute(world.database, GROW.format(count=SIZE - EARLIER))
    wait_until(lambda: _checkpoint(world)[1].size == SIZE, seconds=300)


def _checkpoint(world: World) -> tuple[bytes, Checkpoint]:
    note = world.stack.get("/log/checkpoint").content
    return note, Checkpoint.parse(Note.parse(note).text)


def _audit(world: World, old: int) -> subprocess.CompletedProcess[str]:
    indices = [str(index) for index in (0, 2, 255, 256, 65_535, 65_536, SIZE - 1)]
    command = [str(TOOLS / "audit"), f"{world.stack.url}/log", world.verifier, str(old), *indices]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)


def test_gos_own_packages_read_the_whole_log_and_object_to_a_changed_entry(served: World) -> None:
    _grow(served)

    accepted = _audit(served, EARLIER)
    changed = "convert_to(replace(convert_from(leaf, 'UTF8'), 'mch_release', 'mch_another'), 'UTF8')"
    execute(served.database, BY_HAND, f'UPDATE log_entries SET leaf = {changed} WHERE "index" = 65536')
    objected = _audit(served, EARLIER)

    assert (accepted.returncode, accepted.stdout) == (0, f"{SIZE}\n"), accepted.stderr
    assert objected.returncode == 1
    assert "the entries are not those that were signed" in objected.stderr


def test_a_witness_cosigns_what_only_grew_and_nothing_else(served: World, tmp_path: Path) -> None:
    with _witness(tmp_path, served.verifier) as (url, verifier_key):
        small, before = _checkpoint(served)
        assert before.size == EARLIER
        first = _ask(url, 0, [], small)
        _grow(served)
        large, after = _checkpoint(served)
        second = _ask(url, EARLIER, _consistency(served, EARLIER, SIZE), large)
        [key] = read_signing_keys(served.key)
        forged = str(Checkpoint(ORIGIN, SIZE, hashlib.sha256(b"another").digest()).signed([key], ed25519.sign)).encode()
        fork = _ask(url, SIZE, [], forged)
        known = httpx.get(f"{url}/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint", trust_env=False)

    assert [answer.status_code for answer in (first, second)] == [200, 200]
    _verify_cosignature(first.text, before, verifier_key)
    _verify_cosignature(second.text, after, verifier_key)
    assert fork.status_code in {409, 422}
    assert known.text.startswith(after.text)


def test_a_registry_asks_the_witness_itself_and_serves_what_it_signed(world: World, tmp_path: Path) -> None:
    assert world.command("init")[0] == 0
    with _witness(tmp_path, world.verifier) as (url, verifier_key):
        file = tmp_path / "witnesses"
        file.write_text(f"{verifier_key} {url}\n")
        with world.serving(REGISTRY_LOG_WITNESS_FILE=str(file)):
            _wait_until_cosigned(world, 1)
            world.register("1.0.0")
            note = _wait_until_cosigned(world, 3)

    _verify_cosignature(f"{note.signatures[1].line}\n", Checkpoint.parse(note.text), verifier_key)


def _wait_until_cosigned(world: World, size: int) -> Note:
    def cosigned() -> bool:
        written, checkpoint = _checkpoint(world)
        return checkpoint.size == size and len(Note.parse(written).signatures) == 2

    wait_until(cosigned)
    return Note.parse(_checkpoint(world)[0])


@contextmanager
def _witness(folder: Path, verifier: str) -> Iterator[tuple[str, str]]:
    config, port = folder / "witness.json", free_port()
    command = str(TOOLS / "python/bin/aics-witness")
    made = subprocess.run(
        [command, "init", "--config", config, "--name", WITNESS, "--listen", f"127.0.0.1:{port}"],
        check=True,
        capture_output=True,
        text=True,
    )
    subprocess.run([command, "add-log", "--config", config, "--origin", ORIGIN, "--vkey", verifier], check=True)
    with (folder / "witness.log").open("wb") as log:
        process = subprocess.Popen([command, "serve", "--config", config], stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: _listens(url))
            yield url, next(word for word in made.stdout.split() if word.startswith(f"{WITNESS}+"))
        finally:
            process.terminate()
            process.wait(30)


def _listens(url: str) -> bool:
    try:
        httpx.get(url, trust_env=False)
    except httpx.TransportError:
        return False
    return True


def _ask(url: str, old: int, proof: list[bytes], checkpoint: bytes) -> httpx.Response:
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in proof), ""]
    body = "\n".join(lines).encode() + b"\n" + checkpoint
    return httpx.post(f"{url}/add-checkpoint", content=body, trust_env=False, timeout=60)


def _consistency(world: World, old: int, new: int) -> list[bytes]:
    ranges = proofs.consistency(old, new)

    def read(name: TileName) -> bytes:
        return world.stack.get(f"/log/tile/{name.path}").content

    return proofs.roots(ranges, {name: read(name) for name in proofs.tiles_for(ranges, new)})


def _verify_cosignature(line: str, checkpoint: Checkpoint, verifier_key: str) -> None:
    """Verify a line as C2SP tlog-cosignature says: eight bytes of time, then the signature."""
    name, encoded = line.removeprefix("\N{EM DASH} ").rstrip("\n").split(" ")
    public = base64.b64decode(verifier_key.split("+", 2)[2])[1:]
    key_id = hashlib.sha256(f"{WITNESS}\n".encode() + b"\x04" + public).digest()[:4]
    decoded = base64.b64decode(encoded)
    time = int.from_bytes(decoded[4:12], "big")
    signed = f"cosignature/v1\ntime {time}\n{checkpoint.text}".encode()
    assert (name, decoded[:4]) == (WITNESS, key_id)
    assert ed25519.verify(public, signed, decoded[12:])
