"""A primary that hangs instead of ending: every timeout passes once, so this takes a minute. See `make test-faults`."""

from pathlib import Path

import pytest

from tests.support.failover import a_failover
from tests.support.stack import Stack

pytestmark = pytest.mark.faults


def test_a_replica_takes_over_from_a_primary_that_says_nothing_any_more(stack: Stack, server_folder: Path) -> None:
    with a_failover(stack, server_folder) as (primary, standby, load):
        primary.suspend()
        standby.promote()
        load.wait_for_more()  # readers may see no refusal at all: their reads are repeated on the replica
