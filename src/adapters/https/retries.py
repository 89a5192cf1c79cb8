"""When a fetch is tried again."""

import asyncio

import structlog

from adapters.https.error_mapping import RetryableError
from adapters.https.policy import FetchPolicy

_log = structlog.get_logger()


class Backoff:
    """A backoff hook of stamina for one fetch: waits grow exponentially, unless the host asks for more."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._deadline = asyncio.get_running_loop().time() + min(policy.deadline, policy.start_deadline)

    def __call__(self, error: Exception) -> float | bool:
        """Return the seconds to wait; False if the next attempt would be useless, one too many, or too late."""
        if not isinstance(error, RetryableError):
            return False
        wait: float = max(self._policy.first_delay * 2**self._failures, error.retry_after)
        self._failures += 1
        is_last = self._failures == self._policy.max_attempts
        if is_last or asyncio.get_running_loop().time() + wait >= self._deadline:
            return False
        _log.info("wheel_fetch_retried", reason=error.failure.detail, attempt=self._failures, wait=wait)
        return wait
