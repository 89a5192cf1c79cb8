"""What the client says of a token that the registry does not take, and of a name that it does not serve."""

import base64
import json

import pytest

from domain.names import ProviderName
from entrypoints.client.credentials import advice

NOW = 1_800_000_000
PLATFORM, CUSTOMER = ProviderName("platform", "redis"), ProviderName("acme", "redis")


def signed(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2lnbmF0dXJl"


def told(token: str, name: ProviderName = PLATFORM, code: str = "not_authenticated") -> str:
    return advice(code, name, token, now=NOW) or ""


@pytest.mark.parametrize(
    ("age", "span"), [(0, "0 s"), (8, "8 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (172_800, "2 days")]
)
def test_a_token_that_expired_says_when_and_how_to_get_another(age: int, span: str) -> None:
    said = told(signed(exp=NOW - age, aud=["mch_registry"], sub="mch_release"))

    assert said.startswith(f"this token (audience mch_registry, subject mch_release) expired {span} ago; ")
    assert "set REGISTRY_MACHINE_SECRET_KEY" in said


def test_a_token_that_is_still_valid_says_for_whom_it_is() -> None:
    said = told(signed(exp=NOW + 52, aud="mch_other", sub="mch_release"))

    assert "audience mch_other" in said
    assert "valid for 52 s more" in said
    assert "request id" in said


@pytest.mark.parametrize(
    "token",
    [
        *("mt_opaque", "", "..", "a.b.c", "a.\u2603.c", "a.e30.c", "a.W10.c", "a./w.c"),
        *(signed(exp="soon"), signed(exp=True), signed(exp=None), signed(exp=[])),
    ],
)
def test_a_token_that_cannot_be_read_may_have_expired(token: str) -> None:
    assert "does not say when it expires" in told(token)


def test_what_a_token_says_stays_on_a_line_of_bounded_length() -> None:
    said = told(signed(exp=NOW + 1, sub="a\n\x1b[31m" + "b" * 10_000))

    assert said.isprintable()
    assert len(said) < 500


@pytest.mark.parametrize("token", ["ak_of_acme", signed(exp=NOW + 60, sub="user_ada")])
def test_a_customer_who_names_no_organisation_is_told_to(token: str) -> None:
    assert 'write provider = "ORGANISATION/redis"' in told(token)


@pytest.mark.parametrize("token", ["mt_opaque", signed(exp=NOW + 60, sub="mch_release")])
def test_a_machine_that_names_an_organisation_is_told_whose_token_it_takes(token: str) -> None:
    said = told(token, CUSTOMER)

    assert "its API key or session token" in said
    assert 'write provider = "redis"' in said


def test_a_name_without_its_realm_is_told_as_such() -> None:
    assert "has no realm for customers" in told("ak_of_acme", CUSTOMER, "route_not_found")
    assert "takes no providers of the platform" in told("mt_opaque", PLATFORM, "route_not_found")


def test_other_refusals_keep_the_registrys_sentence() -> None:
    assert advice("version_conflict", PLATFORM, "mt_opaque") is None
