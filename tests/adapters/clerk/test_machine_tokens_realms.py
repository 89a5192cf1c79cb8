"""Settings of a realm that could only fail later."""

from typing import Any

import pytest

from adapters.clerk.realms import ClerkRealm

pytestmark = pytest.mark.hostile

GOOD: dict[str, Any] = {
    "issuer": "https://clerk.example.com",
    "secret_key": "ak_secret",
    "machine_id": "mch_registry",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://clerk.example.com"},
        {"issuer": "clerk.example.com"},
        {"issuer": ""},
        {"issuer": "https://user:secret@clerk.example.com"},
        {"issuer": "https://clerk.example.com/?x=1"},
        {"api_url": "http://127.0.0.1.example.com"},
        {"api_url": "ftp://127.0.0.1"},
        {"secret_key": ""},
        {"secret_key": "ak secret"},
        {"secret_key": "ak_secret\n"},
        {"secret_key": "ak_sécret"},
        {"machine_id": "user_1"},
        {"deadline": 0},
        {"keys_cooldown": -1},
        {"read_timeout": float("nan")},
        {"max_lifetime": 0},
    ],
    ids=repr,
)
def test_a_realm_that_cannot_work_is_refused_without_showing_its_secret(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be") as refusal:
        ClerkRealm(**{**GOOD, **changes})

    assert "secret@" not in str(refusal.value)
    assert "ak_" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "https://api.example.com"]
)
def test_plain_http_is_for_loopback_only(url: str) -> None:
    assert ClerkRealm(**GOOD, api_url=url).api_url == url


def test_the_secret_is_not_printed() -> None:
    assert "ak_secret" not in repr(ClerkRealm(**GOOD))
