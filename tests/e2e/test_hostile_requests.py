"""What only a real server shows: headers as bytes, bodies that never come, and the log of it all."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import httpx

from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.sessions import FakeSession
from tests.e2e.conftest import Stack

REASON = {
    "no": "no token",
    "other": "no bearer token in the Authorization header",
    "several": "several Authorization headers",
    "shape": "unknown token shape",
    "long": "token too long",
    "header": "malformed header",
    "signature": "bad signature",
    "unknown": "unknown token",
}
NONE, WRONG = "Bearer", 'Bearer error="invalid_token"'
CASES: dict[str, tuple[str, tuple[int, str | None, str | None]]] = {
    "as it should be": ("Authorization: Bearer {token}", (422, None, None)),
    "another case": ("aUTHORIZATION: bEARER {token}", (422, None, None)),
    "spaces around": ("Authorization: Bearer    {token}   ", (422, None, None)),
    "a tab behind": ("Authorization: Bearer {token}\t", (422, None, None)),
    "a tab between": ("Authorization: Bearer\t{token}", (401, NONE, "other")),
    "a no-break space behind": ("Authorization: Bearer {token}\xa0", (401, WRONG, "signature")),
    "a no-break space before": ("Authorization: Bearer \xa0{token}", (401, WRONG, "header")),
    "a next-line character": ("Authorization: Bearer {token}\x85", (401, WRONG, "signature")),
    "a no-break space in UTF-8": ("Authorization: Bearer {token}\xc2\xa0", (401, WRONG, "signature")),
    "bytes that are no text": ("Authorization: Bearer \xff\xfe\x80", (401, WRONG, "shape")),
    "an opaque one of such bytes": ("Authorization: Bearer mt_\xff\x80", (401, WRONG, "unknown")),
    "100 kB": ("Authorization: Bearer " + "x" * 100_000, (401, WRONG, "long")),
    "an opaque one of 100 kB": ("Authorization: Bearer mt_" + "x" * 100_000, (401, WRONG, "long")),
    "1 MB": ("Authorization: Bearer " + "x" * 1_000_000, (431, None, None)),
    "twice": ("Authorization: Bearer {token}\r\nauthorization: Bearer {token}", (401, WRONG, "several")),
    "once and once empty": ("Authorization: Bearer {token}\r\nAuthorization:", (401, WRONG, "several")),
    "after another scheme": ("Authorization: Basic eA==\r\nAuthorization: Bearer {token}", (401, WRONG, "several")),
    "two in one": ("Authorization: Bearer {token}, Bearer {token}", (401, WRONG, "shape")),
    "in quotes": ('Authorization: Bearer "{token}"', (401, WRONG, "header")),
    "folded": ("Authorization: Bearer\r\n {token}", (400, None, None)),
    "folded with a tab": ("Authorization: Bearer {token}\r\n\tx", (400, None, None)),
    "a space before the colon": ("Authorization : Bearer {token}", (400, None, None)),
    "a NUL": ("Authorization: Bearer {token}\x00", (400, None, None)),
    "empty": ("Authorization:", (401, NONE, "other")),
    "only the scheme": ("Authorization: Bearer ", (401, NONE, "other")),
    "no scheme": ("Authorization: {token}", (401, NONE, "other")),
    "another scheme": ("Authorization: Basic bWU6bWU=", (401, NONE, "other")),
    "for a proxy": ("Proxy-Authorization: Bearer {token}", (401, NONE, "no")),
    "in a cookie": ("Cookie: __session={token}", (401, NONE, "no")),
    "absent": ("X-Nothing: 1", (401, NONE, "no")),
}


def test_every_spelling_of_the_header_has_one_answer(stack: Stack) -> None:
    token = stack.clerk.mint(stack.release, format="jwt")
    with stack.server(REGISTRY_LOG_LEVEL="debug") as process:
        stack.wait_until_ready(process)
        answers = {
            name: _answer(stack, f"{header.format(token=token)}\r\nX-Request-ID: {place}\r\nContent-Length: 2", b"{}")
            for place, (name, (header, _)) in enumerate(CASES.items())
        }

    expected = {name: (status, challenge) for name, (_, (status, challenge, _)) in CASES.items()}
    assert answers == expected
    lines = [json.loads(line) for line in stack.log.read_text().splitlines()]
    refused = [line for line in lines if line["event"] == "request_refused" and line["status"] == 401]
    reasons = {line["request_id"]: line["reason"] for line in refused}
    wanted = {str(place): REASON[reason] for place, (_, (*_, reason)) in enumerate(CASES.values()) if reason}
    assert reasons == wanted
    assert token not in stack.log.read_text()


def test_an_unauthenticated_caller_is_answered_whatever_body_it_threatens_with(stack: Stack) -> None:
    threats = (
        "Content-Length: 99999999999999",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue\r\nContent-Length: 9",
    )
    with stack.server() as process:
        stack.wait_until_ready(process)
        answers = [_answer(stack, threat, b"") for threat in threats]

    assert answers == [(401, "Bearer")] * 3


def test_neither_tokens_nor_secrets_reach_the_log(stack: Stack) -> None:
    opaque, signed = stack.clerk.mint(stack.release), stack.clerk.mint(stack.release, format="jwt")
    with FakeClerk() as customers:
        organization = customers.add_organization("acme")
        session = customers.session_token(FakeSession(user=customers.add_user(), organization=organization))
        key = customers.create_api_key(organization.id)
        with stack.server(**of_customers(customers), REGISTRY_LOG_LEVEL="debug") as process:
            stack.wait_until_ready(process)
            for token in (opaque, signed, f"{signed}x", session, key):
                for path in ("/console/provider-versions", "/provider-versions", f"/auth/me?access_token={token}"):
                    httpx.post(stack.url + path, headers=stack.headers(token), json={}, trust_env=False)
                    httpx.get(stack.url + path, headers=stack.headers(token), trust_env=False)

    log = stack.log.read_text()
    assert log.count('"request_answered"') >= 30
    secrets = (opaque, signed, session, key, stack.registry.secret, customers.secret_key)
    assert not [secret for secret in secrets if secret in log]


def test_registrations_in_flight_are_limited_per_machine_and_per_organisation(stack: Stack) -> None:
    other = stack.clerk.add_machine(scopes=[stack.registry.id])
    limits = {
        "REGISTRY_MAX_IN_FLIGHT": "1",
        "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": f"{stack.release.id},{other.id}",
    }
    with FakeClerk() as customers, stack.server(**of_customers(customers), **limits) as process:
        stack.wait_until_ready(process)
        organization = customers.add_organization("acme")
        session = FakeSession(user=customers.add_user(), organization=organization)
        with (
            _in_flight(stack, "/console/provider-versions", stack.clerk.mint(stack.release), name="platform/held"),
            _in_flight(stack, "/provider-versions", customers.create_api_key(organization.id), name="acme/held"),
        ):
            refused = [
                stack.post(stack.upload()),
                _post_as_customer(stack, customers.session_token(session)),
            ]
            admitted = stack.post(stack.upload(), stack.clerk.mint(other))

    assert [answer.status_code for answer in refused] == [429, 429]
    assert {answer.json()["code"] for answer in refused} == {"too_many_registrations"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert admitted.status_code == 201, admitted.text


def of_customers(customers: FakeClerk) -> dict[str, str]:
    return {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": customers.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": customers.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": customers.secret_key,
    }


def _post_as_customer(stack: Stack, token: str) -> httpx.Response:
    body, headers = stack.upload(name="acme/gcp"), stack.headers(token)
    return httpx.post(f"{stack.url}/provider-versions", json=body, headers=headers, trust_env=False, timeout=30)


@contextmanager
def _in_flight(stack: Stack, path: str, token: str, *, name: str) -> Iterator[None]:
    """Have a registration wait for a host that keeps silent."""
    with socket.create_server(("127.0.0.1", 0)) as silent_host:
        url = f"https://127.0.0.1:{silent_host.getsockname()[1]}/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
        body = json.dumps({**stack.upload(name=name), "wheel_url": url})
        with closing(http.client.HTTPConnection("127.0.0.1", _port(stack), timeout=30)) as connection:
            connection.request("POST", path, body, {**stack.headers(token), "Content-Type": "application/json"})
            fetching, _ = silent_host.accept()
            with fetching:
                yield


def _answer(stack: Stack, headers: str, body: bytes) -> tuple[int, str | None]:
    """Return the status and the challenge of a request whose headers go out as they are, in Latin-1."""
    start = "POST /console/provider-versions HTTP/1.1\r\nHost: registry\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", _port(stack)), timeout=30) as connection:
        with suppress(OSError):  # the server may have answered, and closed, before all of it was sent
            connection.sendall(f"{start}{headers}\r\n\r\n".encode("latin-1") + body)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, response.headers["WWW-Authenticate"]


def _port(stack: Stack) -> int:
    return int(stack.settings["REGISTRY_PORT"])
