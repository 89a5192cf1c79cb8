"""Keeping requests from delaying each other: fair shares of a limited resource, and threads for large inputs."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import ParamSpec, TypeVar

from application.errors import TooManyFetchesError, TooManyRegistrationsError
from domain.registrants import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The limits, in any unit.

    Attributes:
        total: For all accounts.
        customers: For all customers together; what is left is a reserve for the Console realm.
        one_customer: For one customer.
        max_wait: How many seconds an account may wait for its share.
    """

    total: int
    customers: int
    one_customer: int
    max_wait: float = 30.0

    @classmethod
    def of(cls, total: int) -> "Shares":
        """Give customers three quarters, and one of them one quarter, but at least one."""
        return cls(total=total, customers=max(1, total * 3 // 4), one_customer=max(1, total // 4))


class _Obstacle(Enum):
    OWN = auto()
    CUSTOMERS = auto()
    TOTAL = auto()


@dataclass(slots=True, eq=False)
class _Waiter:
    amount: int
    admitted: asyncio.Future[None]


class FairShare:
    """A weighted semaphore with a queue for each account, served in turns. Serves one event loop."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._in_use: Counter[Account] = Counter()
        self._total = self._customers = 0
        self._waiting: dict[Account, deque[_Waiter]] = {}  # in the order of turns

    @asynccontextmanager
    async def acquire(self, account: Account, amount: int = 1) -> AsyncIterator[None]:
        """Acquire an amount, and release it on exit. More than an account's share counts as that share.

        Raises:
            TooManyRegistrationsError: The account used its whole share for as long as it may wait.
            TooManyFetchesError: Others used theirs.
        """
        granted = min(amount, self._shares.one_customer if account.is_customer else self._shares.total)
        await self._wait_for_turn(account, granted)
        try:
            yield
        finally:
            self._release(account, granted)

    async def _wait_for_turn(self, account: Account, amount: int) -> None:
        waiter = _Waiter(amount, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(account, deque()).append(waiter)
        self._admit()
        if waiter.admitted.done():
            return
        try:
            async with asyncio.timeout(self._shares.max_wait):
                await waiter.admitted
        except BaseException as error:
            obstacle = self._obstacle(account, amount)
            self._leave(account, waiter)
            if isinstance(error, TimeoutError):
                raise _refusal(account, obstacle) from None
            raise

    def _leave(self, account: Account, waiter: _Waiter) -> None:
        if waiter.admitted.done() and not waiter.admitted.cancelled():  # at the very moment that the wait was given up
            self._release(account, waiter.amount)
            return
        queue = self._waiting.get(account, deque())
        if waiter in queue:
            queue.remove(waiter)
        if not queue:
            self._waiting.pop(account, None)
        self._admit()

    def _count(self, account: Account, amount: int) -> None:
        self._total += amount
        self._customers += amount if account.is_customer else 0
        self._in_use[account] += amount
        if not self._in_use[account]:
            del self._in_use[account]

    def _release(self, account: Account, amount: int) -> None:
        self._count(account, -amount)
        self._admit()

    def _admit(self) -> None:
        """Admit waiters whose share is free, one of each account in turn."""
        while (account := self._next()) is not None:
            queue = self._waiting.pop(account)
            waiter = queue.popleft()
            if queue:
                self._waiting[account] = queue  # at the end
            if not waiter.admitted.cancelled():
                self._count(account, waiter.amount)
                waiter.admitted.set_result(None)

    def _next(self) -> Account | None:
        """Return the account whose turn it is. A large request is not overtaken for ever by small ones."""
        are_customers_blocked = False
        for account, queue in self._waiting.items():
            if account.is_customer and are_customers_blocked:
                continue
            match self._obstacle(account, queue[0].amount):
                case None:
                    return account
                case _Obstacle.OWN:
                    continue
                case _ if not account.is_customer:
                    return None
                case _:
                    are_customers_blocked = True
        return None

    def _obstacle(self, account: Account, amount: int) -> _Obstacle | None:
        if account.is_customer:
            if self._in_use[account] + amount > self._shares.one_customer:
                return _Obstacle.OWN
            if self._customers + amount > self._shares.customers:
                return _Obstacle.CUSTOMERS
        return _Obstacle.TOTAL if self._total + amount > self._shares.total else None


def _refusal(account: Account, obstacle: _Obstacle | None) -> TooManyRegistrationsError | TooManyFetchesError:
    if obstacle is _Obstacle.OWN:
        return TooManyRegistrationsError(
            f"{account.id} has as much under way as one account may; wait for something to finish and send this again"
        )
    return TooManyFetchesError("too many registrations are under way at the moment; try again shortly", retry_after=15)


_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

SMALL = 32 * 1024
"""An input of so many bytes or characters takes about as long as handing it to a thread and back."""


async def run_in_thread_if_large(
    size: int, work: Callable[_Arguments, _Result], /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Do work on an input of that size: a large one in a thread, a small one at once."""
    return work(*args, **kwargs) if size <= SMALL else await asyncio.to_thread(work, *args, **kwargs)
