"""The limit of file descriptors and the number of connections agree."""

import resource
import subprocess
import sys
from functools import partial

import pytest

LIMITED = """
import resource
from entrypoints.http.file_descriptors import allow_connections
print(allow_connections(4_096), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "connections", "raised"),
    [
        (1_024, 8_000, 4_096, 4_608),
        (6_000, 8_000, 4_096, 6_000),
        (1_024, 2_000, 1_488, 2_000),
        (256, 300, 1, 300),
    ],
    ids=["raised", "left-as-it-is", "as-far-as-it-may-be", "far-too-low"],
)
def test_a_process_may_hold_as_many_connections_as_its_limit_leaves_room_for(
    soft: int, hard: int, connections: int, raised: int
) -> None:
    limit = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
    told = subprocess.run([sys.executable, "-c", LIMITED], preexec_fn=limit, capture_output=True, check=True)

    assert told.stdout.split() == [b"%d" % number for number in (connections, raised, hard)]
