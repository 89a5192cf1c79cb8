"""From a wheel URL to its bytes."""

import asyncio
from collections.abc import Callable

from adapters.https.answers import too_large
from adapters.https.exchanges import Answer, HttpsExchanges
from adapters.https.failures import wire_failures
from adapters.https.policy import FetchPolicy
from adapters.https.rate import RateGuard
from adapters.https.spool import Spool
from adapters.https.targets import Target
from domain.errors import WheelFault, WheelRefusedError


async def download(target: Target, exchanges: HttpsExchanges, spool: Spool, *, began: Callable[[], None]) -> None:
    """Follow redirects to the file and spool it; ``began`` is called when the file itself follows.

    Raises:
        WheelRefusedError: See the port.
        WheelHostFailedError: See the port.
        WheelHostTimeoutError: See the port.
        SpoolUnavailableError: The disk is full.
        RetryableError: Nothing was spooled yet, and another attempt may succeed.
    """
    for hop in range(exchanges.policy.max_redirects + 1):
        following = await _hop(target, exchanges, spool, reuse=hop == 0, began=began)
        if following is None:
            return
        target = following
    raise WheelRefusedError(
        WheelFault.REDIRECT_FORBIDDEN,
        f"the URL redirects more than {exchanges.policy.max_redirects} times; register the address of the file itself",
    )


async def _hop(
    target: Target, exchanges: HttpsExchanges, spool: Spool, *, reuse: bool, began: Callable[[], None]
) -> Target | None:
    """Spool the file and return None, or return the target that the answer redirects to."""
    with wire_failures(target.host), await exchanges.ask(target, reuse=reuse) as answer:
        if answer.head.location is not None:
            return target.redirected(answer.head.location)
        answer.head.check_status()
        answer.head.check_body(exchanges.policy.max_bytes)
        began()
        await _receive(answer, exchanges.policy, spool)
        return None


async def _receive(answer: Answer, policy: FetchPolicy, spool: Spool) -> None:
    rate = RateGuard(answer.head.host, policy.min_rate, policy.rate_window)
    time = asyncio.get_running_loop().time
    asked = time()
    while (chunk := await answer.read()) is not None:
        rate.arrived(len(chunk), after=time() - asked)
        if spool.size + len(chunk) > policy.max_bytes:
            raise too_large(policy.max_bytes)
        await spool.write(chunk)
        asked = time()
    await spool.finish()
