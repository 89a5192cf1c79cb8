"""The contract of the owners of distributions, kept by every adapter."""

from datetime import timedelta

import pytest
from packaging.utils import canonicalize_name

from adapters.memory.clock import ManualClock
from adapters.memory.distributions import InMemoryDistributionOwners
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.distributions import PostgresDistributionOwners
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from application.ports.distribution_owners import DistributionOwners
from application.use_cases.transfer_distribution import Transfer, TransferDistribution
from domain.distributions import Distribution, DistributionAction, DistributionEvent
from domain.errors import DistributionConflictError, InvalidProviderNameError, InvalidTextError
from domain.registrants import Operator
from provider_registry_testing.writes import VersionStore
from tests.builders import MACHINE_ID, NOW
from tests.support.wheel_names import a_publication, publish

TOOLS = canonicalize_name("tools")
OPERATOR = Operator("operator:ann")
LATER = NOW + timedelta(hours=1)
Owned = tuple[VersionStore, DistributionOwners]


@pytest.fixture(params=["memory", "postgres"])
def owned(request: pytest.FixtureRequest) -> Owned:
    if request.param == "memory":
        memory = InMemoryVersionRepository()
        return memory, InMemoryDistributionOwners(memory)
    database: Database = request.getfixturevalue("database")
    return PostgresVersionRepository(database), PostgresDistributionOwners(database)


def an_owner(prefix: str, organization_id: str | None = None) -> Distribution:
    return Distribution(name=TOOLS, prefix=prefix, organization_id=organization_id)


async def transfer(owners: DistributionOwners, prefix: str, organization_id: str | None = None) -> Distribution | None:
    order = Transfer(
        operator=OPERATOR, name=TOOLS, prefix=prefix, organization_id=organization_id, reason="Asked for in writing."
    )
    done = await TransferDistribution(owners=owners, clock=ManualClock(LATER)).execute(order)
    assert await owners.find(TOOLS) == done.distribution
    return done.before


async def test_every_change_of_an_owner_is_kept_with_who_made_it(owned: Owned) -> None:
    store, owners = owned
    assert (await owners.find(TOOLS), await owners.history(TOOLS)) == (None, [])
    await publish(store, a_publication("acme/a"), "org_acme")
    await publish(store, a_publication("acme/b"), "org_acme")
    await publish(store, a_publication("platform/a"))
    assert await transfer(owners, "acme", "org_acme") == an_owner("platform")

    def published(action: DistributionAction, owner: Distribution) -> DistributionEvent:
        return DistributionEvent(action=action, owner=owner, at=NOW, actor=MACHINE_ID, request_id="req_1")

    assert await owners.history(TOOLS) == [
        published(DistributionAction.CLAIMED, an_owner("acme", "org_acme")),
        published(DistributionAction.TAKEN_OVER, an_owner("platform")),
        DistributionEvent(
            action=DistributionAction.TRANSFERRED,
            owner=an_owner("acme", "org_acme"),
            at=LATER,
            actor="operator:ann",
            reason="Asked for in writing.",
        ),
    ]


async def test_a_transfer_decides_who_publishes_from_then_on(owned: Owned) -> None:
    store, owners = owned
    await publish(store, a_publication("acme/a"), "org_acme")
    await transfer(owners, "globex")
    later = "tools-2.0.0-py3-none-any.whl"
    with pytest.raises(DistributionConflictError, match="globex"):
        await publish(store, a_publication("acme/a", later, version="2.0.0"), "org_acme")
    await publish(store, a_publication("globex/a", later, version="2.0.0"), "org_globex")
    assert await owners.find(TOOLS) == an_owner("globex", "org_globex")
    assert await store.find(a_publication("acme/a").name, a_publication("acme/a").version) is not None


async def test_a_distribution_that_nobody_published_is_reserved(owned: Owned) -> None:
    store, owners = owned
    assert await transfer(owners, "platform") is None
    with pytest.raises(DistributionConflictError, match="platform"):
        await publish(store, a_publication("acme/a"), "org_acme")


async def test_a_transfer_to_where_a_distribution_is_changes_nothing(owned: Owned) -> None:
    _, owners = owned
    await transfer(owners, "acme")
    assert await transfer(owners, "acme") == an_owner("acme")
    assert len(await owners.history(TOOLS)) == 1


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"prefix": "Acme"}, InvalidProviderNameError),
        ({"prefix": "acme/a"}, InvalidProviderNameError),
        ({"prefix": "acme", "reason": " "}, InvalidTextError),
        ({"prefix": "acme", "organization_id": "org\x00"}, InvalidTextError),
        ({"prefix": "platform", "organization_id": "org_acme"}, InvalidTextError),
    ],
)
async def test_a_transfer_that_makes_no_sense_is_refused(
    owned: Owned, fields: dict[str, str], refusal: type[Exception]
) -> None:
    _, owners = owned
    order = Transfer(operator=OPERATOR, name=TOOLS, **fields)
    with pytest.raises(refusal):
        await TransferDistribution(owners=owners, clock=ManualClock(LATER)).execute(order)
    assert await owners.find(TOOLS) is None


async def test_distributions_are_listed_by_name_a_stretch_at_a_time(owned: Owned) -> None:
    store, owners = owned
    for provider, filename in (("b/p", "b"), ("a/p", "ab"), ("b/q", "a_b"), ("a/q", "a")):
        await publish(store, a_publication(provider, f"{filename}-1.0.0-py3-none-any.whl"))

    async def listed(prefix: str | None, limit: int = 9, offset: int = 0) -> list[str]:
        return [each.name for each in await owners.list(prefix=prefix, limit=limit, offset=offset)]

    assert await listed(None) == ["a", "a-b", "ab", "b"]
    assert await listed(None, 2, 1) == ["a-b", "ab"]
    assert await listed("b") == ["a-b", "b"]
    assert await listed("c") == []


async def test_an_outage_reaches_the_owners() -> None:
    memory = InMemoryVersionRepository()
    memory.unavailable = True
    database = Database("postgresql://registry@127.0.0.1:1/registry")
    event = DistributionEvent(
        action=DistributionAction.TRANSFERRED, owner=an_owner("acme"), at=NOW, actor="operator:ann"
    )
    for owners in (InMemoryDistributionOwners(memory), PostgresDistributionOwners(database)):
        for work in (
            owners.find(TOOLS),
            owners.list(prefix=None, limit=1, offset=0),
            owners.history(TOOLS),
            owners.assign(event),
        ):
            with pytest.raises(StoreUnavailableError):
                await work
    await database.dispose()
