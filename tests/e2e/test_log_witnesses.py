"""A running registry and a witness over TLS, which verifies what it cosigns and remembers how far the log was."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from adapters.memory.witness import InMemoryWitness
from domain.log.notes import Note, VerifierKey
from tests.e2e.test_log_keys import PENDING, copied
from tests.e2e.test_transparency_log import ORIGIN, World, world
from tests.support.certificates import CertificateAuthority
from tests.support.postgres import fetch
from tests.support.waiting import wait_until
from tests.support.witness import VKEY, WITNESS, a_served_witness, a_witness

__all__ = ["world"]


@dataclass
class Witnessed:
    """A registry that asks a witness."""

    world: World
    witness: InMemoryWitness
    settings: dict[str, str]

    def signers(self) -> list[str]:
        note = Note.parse(self.world.stack.get("/log/checkpoint").content)
        return [each.name for each in note.signatures]

    def wait_until_cosigned(self) -> None:
        wait_until(lambda: self.signers() == [ORIGIN, WITNESS.name])


@pytest.fixture
def witnessed(world: World) -> Iterator[Witnessed]:
    assert world.command("init")[0] == 0
    authority, witness = CertificateAuthority(), a_witness()
    file = world.folder / "witnesses"
    log = VerifierKey.parse(world.verifier)
    with a_served_witness(witness, log, authority.server_context("127.0.0.1")) as url:
        file.write_text(f"{VKEY} {url}\n")
        ca = authority.write_to(world.folder / "ca.pem")
        settings = {"REGISTRY_LOG_WITNESS_FILE": str(file), "SSL_CERT_FILE": str(ca)}
        yield Witnessed(world, witness, settings)


def test_the_checkpoint_is_served_with_the_cosignature_of_a_witness(witnessed: Witnessed) -> None:
    world = witnessed.world
    with world.serving(**witnessed.settings):
        witnessed.wait_until_cosigned()
        world.register("1.0.0")
        world.wait_until_logged(3)
        witnessed.wait_until_cosigned()
        verified = world.verify("--every-entry")
        proof = world.stack.get("/providers/platform/gcp/versions/1.0.0/proof").text
    with world.serving():  # it asks none, and serves what another process was given
        assert witnessed.signers() == [ORIGIN, WITNESS.name]

    assert (verified[0], verified[1]["entries"]) == (0, 3)
    assert f"\N{EM DASH} {WITNESS.name} " in proof
    assert witnessed.witness.checkpoint is not None
    assert witnessed.witness.checkpoint.size == 3


@pytest.mark.faults
def test_a_witness_that_is_down_holds_up_nothing(witnessed: Witnessed) -> None:
    world = witnessed.world
    nowhere = world.folder / "nowhere"
    nowhere.write_text(f"{VKEY} http://127.0.0.1:9/w\n")
    with world.serving(REGISTRY_LOG_WITNESS_FILE=str(nowhere)):
        world.register("1.0.0")
        world.wait_until_logged(3)
        failures = 'registry_log_witness_requests_total{outcome="failed"}'
        wait_until(lambda: failures in world.stack.get("/metrics").text)
        assert world.verify()[0] == 0
        assert witnessed.signers() == [ORIGIN]


@pytest.mark.faults
def test_an_older_backup_signs_nothing_while_a_witness_knows_more(witnessed: Witnessed, postgres_dsn: str) -> None:
    world = witnessed.world
    with world.serving(**witnessed.settings):
        world.register("1.0.0")
        world.wait_until_logged(3)
    with copied(world, postgres_dsn) as restored:
        with world.serving(**witnessed.settings):
            world.register("1.1.0")
            world.wait_until_logged(4)
            witnessed.wait_until_cosigned()
        (world.folder / "log.key.checkpoint").unlink()  # the witness alone remembers
        failures = 'registry_log_append_failures_total{code="log_would_fork"}'
        with restored.serving(**witnessed.settings):
            restored.register("1.2.0")
            wait_until(lambda: failures in restored.stack.get("/metrics").text)
            pending = fetch(restored.database, PENDING)

    assert pending == [(1,)]
    assert witnessed.witness.checkpoint is not None
    assert witnessed.witness.checkpoint.size == 4
