"""Trying again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from adapters.https.policy import FetchPolicy
from application.errors import TransientError

_log = structlog.get_logger()

Sleep = Callable[[float], Awaitable[None]]


class RetryableError(Exception):
    """An attempt failed in a way that a moment may heal.

    Attributes:
        failure: What to raise when it does not.
        wait: Seconds that the host asked to wait.
    """

    def __init__(self, failure: TransientError, *, wait: float = 0.0) -> None:
        """Keep both."""
        super().__init__(failure.detail)
        self.failure = failure
        self.wait = wait


async def retrying(attempt: Callable[[], Awaitable[None]], policy: FetchPolicy, sleep: Sleep) -> None:
    """Attempt until it succeeds, the attempts are used up, or the next wait would pass the deadline.

    Raises:
        TransientError: The last failure.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(policy.deadline, policy.start_deadline)
    for number in range(policy.max_attempts):
        try:
            return await attempt()
        except RetryableError as error:
            wait = max(policy.first_delay * 2**number, error.wait)
            if number + 1 == policy.max_attempts or loop.time() + wait >= deadline:
                raise error.failure from error
            _log.info("wheel_fetch_retried", reason=error.failure.detail, attempt=number + 1, wait=wait)
            await sleep(wait)
    return None
