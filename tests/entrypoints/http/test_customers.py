"""The customer realm: organisations publish in their own namespace, and nowhere else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from application.errors import WheelHostFailedError, WheelHostTimeoutError
from domain.announcements import Announcement
from domain.customers import Customer, Organization
from domain.errors import WheelProblem, WheelRefusedError
from domain.registrants import ConsoleMachine, Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, build_registry
from tests.builders import MACHINE_ID, NOW, a_name, some_metadata
from tests.entrypoints.http.conftest import METADATA, Service, serving

ROUTE = "/provider-versions"
CUSTOMER_ROUTES = [
    ("POST", ROUTE),
    ("GET", "/auth/me"),
    ("GET", "/organizations/me"),
    ("GET", "/organizations/org_acme"),
]
ACME = Organization(id="org_acme", name="Acme Inc.", slug="acme", created_at=NOW, updated_at=NOW + timedelta(days=1))
ANN = Customer(id="user_ann", user_id="user_ann", organization_id=ACME.id, organization_slug=ACME.slug)
KEY = Customer(id="ak_key_1", user_id=None, organization_id=ACME.id, organization_slug=ACME.slug)


@pytest.fixture
async def customers() -> AsyncIterator[Service]:
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        service.adapters.customer_directory.add_organization(ACME)
        service.adapters.customer_directory.add_user("user_ann", "ann@acme.example.com")
        service.token = service.adapters.customer_verifier.issue(ANN)
        yield service


async def register(service: Service, **changes: Any) -> Response:
    body = service.upload(**{"name": "acme/gcp", **changes})
    return await service.client.post(ROUTE, json=body, headers=service.authorised())


@pytest.mark.parametrize("customer", [ANN, KEY])
async def test_a_customer_registers_in_its_organisations_namespace(customers: Service, customer: Customer) -> None:
    customers.token = customers.adapters.customer_verifier.issue(customer)

    first, again = await register(customers), await register(customers)

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["canonical"] == "acme/gcp"
    assert first.json()["registered_by"] == customer.id
    assert (await customers.client.get("/providers/acme/gcp/versions/latest")).json() == first.json()


async def author(service: Service, name: str = "gcp") -> dict[str, Any]:
    one: dict[str, Any] = (await service.client.get(f"/providers/acme/{name}")).json()["author"]
    listed = (await service.client.get("/providers")).json()["items"]
    assert one in [item["author"] for item in listed]
    return one


@pytest.mark.parametrize("customer", [ANN, KEY])
async def test_a_provider_is_shown_under_its_organisations_name(customers: Service, customer: Customer) -> None:
    customers.token = customers.adapters.customer_verifier.issue(customer)

    await register(customers)

    assert await author(customers) == {
        "kind": "customer",
        "organization_id": "org_acme",
        "display_name": "Acme Inc.",
        "org_name": "Acme Inc.",
    }


async def test_an_organisations_new_name_is_shown_once_it_publishes_again_or_repeats(customers: Service) -> None:
    names = []
    for built, name in (("1.0.0", "Acme Inc."), ("1.0.1", "Acme AG"), ("1.0.1", "Acme SE"), ("1.0.0", "Acme KG")):
        customers.adapters.customer_directory.add_organization(replace(ACME, name=name))
        body = customers.upload(built, name="acme/gcp")
        await customers.client.post(ROUTE, json=body, headers=customers.authorised())
        names.append((await author(customers))["display_name"])

    assert names == ["Acme Inc.", "Acme AG", "Acme SE", "Acme SE"]  # an older version's repeat changes nothing


async def test_while_the_directory_is_out_of_reach_a_name_that_is_known_is_kept_and_registering_goes_on(
    customers: Service,
) -> None:
    await register(customers)
    customers.adapters.customer_directory.unavailable = True

    later = await customers.client.post(
        ROUTE, json=customers.upload("1.0.1", name="acme/gcp"), headers=customers.authorised()
    )
    unnamed = await register(customers, name="acme/aws")

    assert (later.status_code, unnamed.status_code) == (201, 201)
    assert (await author(customers))["display_name"] == "Acme Inc."
    assert await author(customers, "aws") == {
        "kind": "customer",
        "organization_id": "org_acme",
        "display_name": "acme",
        "org_name": "acme",
    }


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "acme"),
        (" \n\x00", "acme"),
        ("Acme\r\n\x1b[31m\u202eInc.", "Acme [31m Inc."),
        ("A" * 5000, "A" * 200),
        ("<b>Acme</b>", "<b>Acme</b>"),
    ],
)
async def test_whatever_an_organisation_is_called_can_be_shown(customers: Service, name: str, shown: str) -> None:
    customers.adapters.customer_directory.add_organization(replace(ACME, name=name))

    registered = await register(customers)

    assert registered.status_code == 201
    assert (await author(customers))["display_name"] == shown


async def test_a_provider_that_an_operator_registered_is_shown_under_its_namespace(customers: Service) -> None:
    registration = Registration(
        registrant=Operator("operator:ada"),
        name=a_name("acme/gcp"),
        version=SemVer.parse("1.0.0"),
        announcement=Announcement(wheel_url=WheelUrl.parse(customers.upload()["wheel_url"])),
        metadata=some_metadata(),
    )
    await build_registry(customers.adapters).register_version.execute(registration)

    assert await author(customers) == {
        "kind": "customer",
        "organization_id": "acme",
        "display_name": "acme",
        "org_name": "acme",
    }


async def test_a_legacy_short_name_resolves_to_the_organisation_when_its_id_matches(customers: Service) -> None:
    accepted = await register(customers, name="gcp", organization_id="org_acme")
    foreign = await register(customers, name="gcp", organization_id="org_other")
    alone = await register(customers, name="gcp")

    assert (accepted.status_code, accepted.json()["canonical"]) == (201, "acme/gcp")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "namespace_forbidden")
    assert (alone.status_code, alone.json()["errors"][0]["loc"]) == (422, ["body", "name"])


@pytest.mark.parametrize("name", ["platform/gcp", "other/gcp", "acme-2/gcp"])
async def test_other_namespaces_and_the_platforms_are_403(customers: Service, name: str) -> None:
    response = await register(customers, name=name)

    assert (response.status_code, response.json()["code"]) == (403, "namespace_forbidden")
    assert not customers.adapters.fetcher.fetches


async def test_an_organisation_that_calls_itself_platform_is_403_all_the_same(customers: Service) -> None:
    impostor = Customer(id="user_x", user_id="user_x", organization_id="org_x", organization_slug="platform")
    customers.token = customers.adapters.customer_verifier.issue(impostor)

    response = await register(customers, name="platform/gcp")

    assert (response.status_code, response.json()["code"]) == (403, "namespace_forbidden")


async def test_an_organisation_that_takes_over_a_slug_does_not_get_the_providers_of_the_one_before(
    customers: Service,
) -> None:
    await register(customers)
    heir = Customer(id="user_eve", user_id="user_eve", organization_id="org_eve", organization_slug="acme")
    customers.token = customers.adapters.customer_verifier.issue(heir)

    repeat = await register(customers)
    raised = await customers.client.post(
        ROUTE, json=customers.upload("1.0.1", name="acme/gcp"), headers=customers.authorised()
    )
    index = await customers.client.post(
        ROUTE, json=customers.upload("1.0.1", name="acme/other"), headers=customers.authorised()
    )
    own = await customers.client.post(
        ROUTE, json=customers.upload(name="acme/other", distribution="eves_tools"), headers=customers.authorised()
    )

    assert [answer.status_code for answer in (repeat, raised, index, own)] == [403, 403, 409, 201]
    assert (raised.json()["code"], index.json()["code"]) == ("namespace_forbidden", "distribution_conflict")
    assert (await customers.client.get("/providers/acme/gcp/versions/latest")).json()["version"] == "1.0.0"


async def test_bad_fields_come_before_the_namespace(customers: Service) -> None:
    response = await register(customers, name="gcp", organization_id="org_other", version="1")

    assert response.status_code == 422


async def test_the_realms_do_not_accept_each_others_tokens(customers: Service) -> None:
    machine = customers.adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    console = await customers.post(customers.upload())
    customers.token = machine
    customer = await register(customers)

    assert (console.status_code, customer.status_code) == (401, 401)
    assert customer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_without_a_token_every_customer_route_is_401(customers: Service) -> None:
    for method, path in CUSTOMER_ROUTES:
        response = await customers.client.request(method, path)

        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_user_learns_who_it_is(customers: Service) -> None:
    response = await customers.client.get("/auth/me", headers=customers.authorised())

    assert response.json() == {
        "user_id": "user_ann",
        "email": "ann@acme.example.com",
        "organization_id": "org_acme",
        "organization_name": "Acme Inc.",
    }


async def test_an_api_key_gets_its_own_id_and_has_no_address(customers: Service) -> None:
    customers.token = customers.adapters.customer_verifier.issue(KEY)

    response = await customers.client.get("/auth/me", headers=customers.authorised())

    assert response.json() == {
        "user_id": "ak_key_1",
        "email": None,
        "organization_id": "org_acme",
        "organization_name": "Acme Inc.",
    }


@pytest.mark.parametrize("customer", [ANN, KEY])
async def test_me_is_the_active_organisation(customers: Service, customer: Customer) -> None:
    customers.adapters.customer_directory.add_organization(replace(ACME, id="me", name="Impostor"))
    customers.token = customers.adapters.customer_verifier.issue(customer)

    me = await customers.client.get("/organizations/me", headers=customers.authorised())
    by_id = await customers.client.get("/organizations/org_acme", headers=customers.authorised())

    assert me.status_code == 200
    assert me.json() == {**by_id.json(), "status": "ready"}
    assert me.json()["organization_id"] == "org_acme"


@pytest.mark.parametrize("path", ["/organizations/me", "/organizations/org_gone", "/auth/me"])
async def test_an_active_organisation_that_was_deleted_is_403_and_said_to_be_gone(
    customers: Service, path: str
) -> None:
    customers.token = customers.adapters.customer_verifier.issue(replace(ANN, organization_id="org_gone"))

    response = await customers.client.get(path, headers=customers.authorised())

    assert (response.status_code, response.json()["code"]) == (403, "organization_forbidden")
    assert "deleted" in response.json()["detail"]


async def test_a_customer_reads_its_own_organisation_and_no_other(customers: Service) -> None:
    customers.adapters.customer_directory.add_organization(replace(ACME, id="org_other", slug="other"))

    own = await customers.client.get("/organizations/org_acme", headers=customers.authorised())
    other = await customers.client.get("/organizations/org_other", headers=customers.authorised())

    assert own.json() == {
        "organization_id": "org_acme",
        "name": "Acme Inc.",
        "slug": "acme",
        "status": "active",
        "created_at": "2026-01-02T03:04:05.678901Z",
        "updated_at": "2026-01-03T03:04:05.678901Z",
    }
    assert (other.status_code, other.json()["code"]) == (403, "organization_forbidden")


async def test_an_unreachable_directory_is_503(customers: Service) -> None:
    customers.adapters.customer_directory.unavailable = True

    response = await customers.client.get("/auth/me", headers=customers.authorised())

    assert (response.status_code, response.json()["code"]) == (503, "token_authority_unavailable")


async def test_while_the_realm_is_off_its_routes_are_404() -> None:
    async with serving(MemoryAdapters()) as service:
        for method, path in CUSTOMER_ROUTES:
            assert (await service.client.request(method, path)).status_code == 404


async def test_two_organisations_may_use_the_same_short_name(customers: Service) -> None:
    await register(customers)
    machine = customers.adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    platform = await customers.post(customers.upload(metadata=METADATA), Authorization=f"Bearer {machine}")

    assert platform.status_code == 201
    assert len((await customers.client.get("/providers/acme/gcp/versions")).json()) == 1


@pytest.mark.parametrize("dry_run", ["", "?dry_run=true"])
async def test_an_internal_name_looks_like_one_that_does_not_exist(customers: Service, dry_run: str) -> None:
    body = customers.upload(name="acme/gcp")
    url, answers = WheelUrl.parse(body["wheel_url"]), []
    for error in (
        WheelRefusedError(WheelProblem.ADDRESS_FORBIDDEN, "the host is at an address that is not fetched from"),
        WheelHostFailedError("the host cannot be reached", reached=False),
        WheelHostTimeoutError("the host takes too long to be connected to", reached=False),
    ):
        customers.adapters.fetcher.fail_with(url, error)
        answer = await customers.client.post(f"{ROUTE}{dry_run}", json=body, headers=customers.authorised())
        answers.append((answer.status_code, answer.json() | {"request_id": None}))

    assert answers[0] == answers[1] == answers[2]
    assert (answers[0][0], answers[0][1]["code"]) == (502, "wheel_host_unreachable")
    assert await customers.adapters.store.find(a_name("acme/gcp"), SemVer.parse("1.0.0")) is None
