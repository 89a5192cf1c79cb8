"""Sharing what is scarce between accounts."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.errors import TooManyFetchesError, TooManyRegistrationsError
from application.scheduling import FairShare, Shares
from domain.customers import Customer
from domain.registrants import Account, ConsoleMachine

CONSOLE = Account("mch_release")
ACME, OTHER, THIRD, FOURTH = (Account(f"org_{name}", is_customer=True) for name in ("acme", "other", "third", "fourth"))
AT_ONCE = Shares(total=8, customers=6, one_customer=2, max_wait=0)
PATIENT = Shares(total=8, customers=6, one_customer=2, max_wait=60)


class World:
    """Work that lasts until it is told to end."""

    def __init__(self, shares: Shares) -> None:
        self.share = FairShare(shares)
        self.begun: list[Account] = []
        self._ends: list[tuple[Account, asyncio.Event]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def begin(self, *accounts: Account, amount: int = 1) -> None:
        """Let accounts ask, one after the other, and give everything its turn."""
        for account in accounts:
            self.tasks.append(asyncio.create_task(self._work(account, amount)))
            await settled()

    async def end(self, account: Account) -> None:
        """End the oldest work of an account."""
        entry = next(entry for entry in self._ends if entry[0] == account)
        self._ends.remove(entry)
        entry[1].set()
        await settled()

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _work(self, account: Account, amount: int) -> None:
        async with self.share.acquire(account, amount):
            self.begun.append(account)
            ended = asyncio.Event()
            self._ends.append((account, ended))
            await ended.wait()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def held(share: FairShare, accounts: Sequence[Account]) -> Counter[Account]:
    """Let all ask at once, and tell who got how much."""
    got: Counter[Account] = Counter()
    done = asyncio.Event()

    async def ask(account: Account) -> None:
        try:
            async with share.acquire(account):
                got[account] += 1
                await done.wait()
        except (TooManyFetchesError, TooManyRegistrationsError):
            pass

    async with asyncio.TaskGroup() as group:
        for account in accounts:
            group.create_task(ask(account))
        await asyncio.sleep(0.01)
        done.set()
    return got


async def test_one_customer_gets_its_share_and_no_more() -> None:
    assert await held(FairShare(AT_ONCE), [ACME] * 60) == {ACME: 2}


async def test_customers_together_leave_the_reserve_to_the_console_realm() -> None:
    many = [Account(f"org_{number}", is_customer=True) for number in range(20)]
    got = await held(FairShare(AT_ONCE), [*many * 3, *[CONSOLE] * 20])
    assert got[CONSOLE] == 2
    assert got.total() == 8


async def test_the_console_realm_may_take_everything() -> None:
    assert await held(FairShare(AT_ONCE), [CONSOLE] * 60) == {CONSOLE: 8}


async def test_accounts_take_turns_however_many_wait_of_each() -> None:
    world = World(PATIENT)
    await world.begin(*[ACME] * 2, *[OTHER] * 2, *[THIRD] * 2)
    await world.begin(*[ACME] * 5, FOURTH, FOURTH, OTHER)
    for account in (ACME, OTHER, THIRD, THIRD):
        await world.end(account)
    assert world.begun[6:] == [ACME, FOURTH, OTHER, FOURTH]
    await world.close()


async def test_who_waits_for_more_than_is_free_is_not_overtaken_for_ever() -> None:
    world = World(Shares(total=8, customers=8, one_customer=6, max_wait=60))
    await world.begin(ACME, OTHER, THIRD, amount=2)
    await world.begin(FOURTH, amount=6)
    await world.begin(*[ACME] * 3, amount=2)
    assert len(world.begun) == 3
    for account in (ACME, OTHER):
        await world.end(account)
    assert world.begun[3] == FOURTH
    await world.close()


async def test_customers_who_wait_do_not_hold_up_the_console_realm() -> None:
    world = World(Shares(total=8, customers=6, one_customer=6, max_wait=60))
    await world.begin(ACME, amount=4)
    await world.begin(OTHER, amount=4)
    await world.begin(CONSOLE, amount=4)
    assert world.begun == [ACME, CONSOLE]
    await world.close()


async def test_an_account_learns_whether_it_holds_up_itself_or_others_do() -> None:
    world = World(AT_ONCE)
    await world.begin(*[ACME] * 2, *[OTHER] * 2, *[THIRD] * 2)
    with pytest.raises(TooManyRegistrationsError, match="org_acme has as much under way"):
        async with world.share.acquire(ACME):
            raise AssertionError("a third one was let in")
    with pytest.raises(TooManyFetchesError):
        async with world.share.acquire(FOURTH):
            raise AssertionError("the reserve was given away")
    async with world.share.acquire(CONSOLE):
        pass
    await world.close()


async def test_more_than_the_whole_share_is_the_whole_share() -> None:
    share = FairShare(AT_ONCE)
    async with share.acquire(ACME, 1000), share.acquire(CONSOLE, 6):
        with pytest.raises(TooManyRegistrationsError):
            async with share.acquire(ACME):
                raise AssertionError("it had everything")
    async with share.acquire(CONSOLE, 1000):
        pass


@given(st.lists(st.tuples(st.sampled_from([CONSOLE, ACME, OTHER]), st.integers(1, 3), st.booleans()), max_size=30))
async def test_whatever_is_given_up_or_ended_everything_comes_back(steps: list[tuple[Account, int, bool]]) -> None:
    world = World(Shares(total=4, customers=3, one_customer=2, max_wait=60))
    for account, amount, gives_up in steps:
        await world.begin(account, amount=amount)
        if gives_up:
            world.tasks[len(world.tasks) // 2].cancel()
    await world.close()
    world.begun.clear()
    async with world.share.acquire(CONSOLE, 4):
        await world.begin(CONSOLE)
        assert world.begun == []
    await settled()
    assert world.begun == [CONSOLE]
    await world.close()


def test_an_account_is_a_machine_or_an_organisation_whoever_acts_for_it() -> None:
    people = [
        Customer(id=each, user_id=None, organization_id="org_1", organization_slug="acme")
        for each in ("user_1", "ak_1")
    ]
    assert {Account.of(each) for each in people} == {Account("org_1", is_customer=True)}
    assert Account.of(ConsoleMachine("mch_1")) == Account("mch_1")


def test_the_usual_shares_leave_a_quarter_to_the_console_realm() -> None:
    assert Shares.of(16) == Shares(total=16, customers=12, one_customer=4)
    assert Shares.of(1) == Shares(total=1, customers=1, one_customer=1)
