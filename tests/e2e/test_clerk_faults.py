"""Clerk is down: what needs it says so, what does not goes on."""

import pytest

from entrypoints.development.clerk.faults import ConnectionReset, Paused
from tests.support.stack import Stack

pytestmark = pytest.mark.faults


def test_without_clerk_opaque_tokens_are_503_and_signed_ones_with_known_keys_work(stack: Stack) -> None:
    with stack.server(REGISTRY_CONSOLE_CLERK_TIMEOUT_SECONDS="0.5") as process:
        stack.wait_until_ready(process)
        signed, opaque = stack.clerk.mint(stack.release, format="jwt"), stack.clerk.mint(stack.release)
        learnt = stack.post(stack.upload("1.0.0"), signed)
        stack.clerk.faults.always(ConnectionReset())
        reset = stack.post(stack.upload("1.0.1"), opaque)
        stack.clerk.faults.always(Paused())
        silent = stack.post(stack.upload("1.0.1"), opaque)
        known = stack.post(stack.upload("1.0.2"), signed)
        stack.clerk.faults.clear()
        recovered = stack.post(stack.upload("1.0.1"), opaque)

    assert [answer.status_code for answer in (learnt, known, recovered)] == [201, 201, 201]
    for refused in (reset, silent):
        assert (refused.status_code, refused.json()["code"]) == (503, "token_authority_unavailable")
        assert int(refused.headers["Retry-After"]) > 0
