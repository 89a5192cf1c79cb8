"""Eight writers and a follower of the feed, while the sequencer and PostgreSQL are killed and a replica takes over."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError

import httpx
import pytest

from adapters.postgres.schema import upgrade
from tests.e2e.test_command_line import run
from tests.e2e.test_killed_servers import kill
from tests.e2e.test_transparency_log import ORIGIN, World
from tests.support.clusters import Cluster, a_cluster, a_standby
from tests.support.stack import Stack
from tests.support.waiting import WAIT_SECONDS, wait_until

pytestmark = pytest.mark.faults

WRITERS, MOST = 8, 500
SOME = 2 * WRITERS
PAUSE = 0.05


@dataclass
class Traffic:
    """Writers, each of a provider of its own, and one follower. All repeat what was not answered."""

    stack: Stack
    enough: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    acknowledged: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    seen: list[tuple[int, str, str]] = field(default_factory=list)

    def write(self, writer: int) -> None:
        token = self.stack.clerk.mint(self.stack.release, format="jwt")
        name, distribution = f"platform/writer-{writer}", f"writer_{writer}_provider"
        for minor in range(MOST):
            if self.enough.is_set():
                return
            body = self.stack.upload(f"1.{minor}.0", name=name, distribution=distribution)
            while not self._answered(partial(self.stack.post, body, token)):
                if self.over.wait(PAUSE):
                    return
            self.acknowledged[writer].append(f"{name}@1.{minor}.0")

    def follow(self) -> None:
        """Read every change once, as a client that keeps its cursor does."""
        after = 0
        while not self.over.is_set():
            try:
                answer = self.stack.get(f"/changes?after={after}&limit=5&wait=1")
            except httpx.TransportError:
                self.over.wait(PAUSE)
                continue
            if answer.status_code != httpx.codes.OK:
                assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
                self.over.wait(PAUSE)
                continue
            page = answer.json()
            self.seen += [(item["seq"], item["event"]["subject"], item["event"]["type"]) for item in page["items"]]
            after = page["next"]

    def wait_for_more(self) -> None:
        """Return once the follower has seen some more."""
        goal = len(self.seen) + SOME
        wait_until(lambda: len(self.seen) >= goal, seconds=2 * WAIT_SECONDS)

    def _answered(self, post: Callable[[], httpx.Response]) -> bool:
        try:
            answer = post()
        except httpx.TransportError:
            return False
        assert answer.status_code in {200, 201, 503}, answer.text
        return bool(answer.status_code != httpx.codes.SERVICE_UNAVAILABLE)


@contextmanager
def _traffic(stack: Stack) -> Iterator[Traffic]:
    traffic = Traffic(stack)
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        following = threads.submit(traffic.follow)
        writing = [threads.submit(traffic.write, writer) for writer in range(WRITERS)]
        try:
            yield traffic
            traffic.enough.set()
            for each in writing:
                each.result(2 * WAIT_SECONDS)
            expected = sum(map(len, traffic.acknowledged.values()))
            wait_until(lambda: len(_published(traffic)) >= expected or following.done(), seconds=WAIT_SECONDS)
        finally:
            traffic.enough.set()
            traffic.over.set()
        following.result(WAIT_SECONDS)


def _published(traffic: Traffic) -> list[str]:
    return [subject for _, subject, kind in list(traffic.seen) if kind.endswith("version.published.v1")]


def _has_started(cluster: Cluster) -> bool:
    try:
        cluster.start()
    except CalledProcessError:
        return False  # a session that was just begun still holds the killed server's memory
    return True


@pytest.fixture
def servers(server_folder: Path) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary, and a standby without which it acknowledges nothing."""
    with a_cluster(server_folder / "primary") as primary:
        upgrade(primary.dsn)
        with a_standby(server_folder / "standby", primary) as standby:
            yield primary, standby


def test_a_follower_misses_nothing_while_sequencer_and_database_are_killed_and_a_replica_takes_over(
    stack: Stack, servers: tuple[Cluster, Cluster], tmp_path: Path
) -> None:
    primary, standby = servers
    made = run("log", "keygen", ORIGIN, "--out", str(tmp_path / "log.key"))
    dsn = f"postgresql://postgres@{primary.address},{standby.address}/postgres?target_session_attrs=read-write"
    its = replace(stack, settings={**stack.settings, "DATABASE_URL": dsn})
    world = World(its, tmp_path, made.stdout.strip(), tmp_path / "log.key")
    assert world.command("init")[0] == 0

    with _traffic(its) as traffic:
        for _ in range(2):
            with world.serving() as process:
                traffic.wait_for_more()
                kill(process)
        with world.serving():
            traffic.wait_for_more()
            assert world.verify()[0] == 0
            primary.kill()
            wait_until(lambda: _has_started(primary))
            traffic.wait_for_more()
            primary.kill()
            standby.promote()
            traffic.wait_for_more()
            traffic.enough.set()
            wait_until(lambda: len(_published(traffic)) >= sum(map(len, traffic.acknowledged.values())))
            verified = world.verify("--every-entry")

    assert (verified[0], verified[1]["outcome"]) == (0, "verified")
    assert [seq for seq, _, _ in traffic.seen] == list(range(1, len(traffic.seen) + 1))
    seen = _published(traffic)
    for writer in range(WRITERS):
        own = [subject for subject in seen if subject.startswith(f"platform/writer-{writer}@")]
        assert own == [f"platform/writer-{writer}@1.{minor}.0" for minor in range(len(own))]
        assert own[: len(traffic.acknowledged[writer])] == traffic.acknowledged[writer]
