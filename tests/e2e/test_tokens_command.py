"""``provider-registry tokens inspect``: why a token is refused."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.tokens import FakeMachine
from tests.e2e.test_command_line import COMMAND, clean_environment
from tests.support.ports import free_port


@dataclass(frozen=True)
class Realm:
    """A realm, its machines, and the command under their settings."""

    clerk: FakeClerk
    registry: FakeMachine
    release: FakeMachine

    def inspect(self, token: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        given = {
            "REGISTRY_CONSOLE_CLERK_ISSUER": self.clerk.issuer,
            "REGISTRY_CONSOLE_CLERK_API_URL": self.clerk.url,
            "REGISTRY_CONSOLE_CLERK_SECRET_KEY": self.registry.secret,
            "REGISTRY_CONSOLE_MACHINE_ID": self.registry.id,
            "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": self.release.id,
            "NO_PROXY": "127.0.0.1",
            **settings,
        }
        ended = subprocess.run(
            [*COMMAND, "tokens", "inspect", "-", *arguments],
            input=f"{token}\n",
            env=clean_environment(given),
            capture_output=True,
            text=True,
            check=False,
        )
        assert token not in ended.stdout + ended.stderr
        return ended

    def told(self, token: str, *arguments: str, **settings: str) -> tuple[int, dict[str, Any]]:
        ended = self.inspect(token, "--json", *arguments, **settings)
        assert ended.stdout, ended.stderr
        return ended.returncode, json.loads(ended.stdout)


@pytest.fixture
def realm() -> Iterator[Realm]:
    with FakeClerk() as clerk:
        registry = clerk.add_machine()
        yield Realm(clerk, registry, clerk.add_machine(scopes=[registry.id]))


def test_a_good_signed_token_passes_what_can_be_checked_and_nobody_is_asked(realm: Realm) -> None:
    token = realm.clerk.mint(realm.release, format="jwt")

    code, told = realm.told(token)
    shown = realm.inspect(token).stdout

    assert (code, told["kind"], told["failed_check"]) == (0, "signed", None)
    assert told["claims"]["sub"] == realm.release.id
    assert "the signature" in told["unchecked"]
    assert f'claim sub: "{realm.release.id}"' in shown
    assert realm.clerk.requests == ()


@pytest.mark.parametrize(
    ("settings", "failed"),
    [
        ({"REGISTRY_CONSOLE_CLERK_ISSUER": "https://clerk.example.com"}, "wrong issuer"),
        ({"REGISTRY_CONSOLE_MACHINE_ID": "mch_other"}, "receiver not in audience"),
        ({"REGISTRY_CONSOLE_TOKEN_MAX_LIFETIME_SECONDS": "1"}, "lifetime too long"),
        ({"REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": "mch_other"}, "release allow-list"),
    ],
)
def test_the_check_that_fails_under_these_settings_is_named(
    realm: Realm, settings: dict[str, str], failed: str
) -> None:
    code, told = realm.told(realm.clerk.mint(realm.release, format="jwt"), **settings)

    assert code == 1
    assert failed in told["failed_check"]


@pytest.mark.parametrize(("token", "failed"), [("a.b.c", "malformed header"), ("word", "unknown token shape")])
def test_what_is_no_token_is_reported(realm: Realm, token: str, failed: str) -> None:
    assert realm.told(token)[1]["failed_check"] == failed


def test_of_an_opaque_token_nothing_is_known_until_clerk_is_asked(realm: Realm) -> None:
    token = realm.clerk.mint(realm.release)

    code, told = realm.told(token)
    asked = len(realm.clerk.requests)
    online = realm.told(token, "--online")
    realm.clerk.revoke(token)
    revoked = realm.told(token, "--online")

    assert (code, told["kind"], told["failed_check"], asked) == (0, "opaque", None, 0)
    assert told["unchecked"]
    assert (online[0], online[1]["unchecked"]) == (0, [])
    assert revoked[0] == 1
    assert revoked[1]["failed_check"]


def test_a_forged_signature_shows_online_only(realm: Realm) -> None:
    one, other = (realm.clerk.mint(realm.release, format="jwt") for _ in range(2))
    forged = f"{one.rpartition('.')[0]}.{other.rpartition('.')[2]}"

    assert realm.told(forged)[1]["failed_check"] is None
    assert realm.told(forged, "--online")[1]["failed_check"] == "bad signature"


def test_an_authority_out_of_reach_ends_with_4(realm: Realm) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"

    ended = realm.inspect(realm.clerk.mint(realm.release), "--online", REGISTRY_CONSOLE_CLERK_API_URL=nobody)

    assert ended.returncode == 4
    assert "token_authority_unavailable" in ended.stderr
