"""The fake that tests and development mode use."""

import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from entrypoints.development.clerk.faults import FaultPlan
from entrypoints.development.clerk.keys import Json, SigningKey
from entrypoints.development.clerk.realm import FakeRealm, TokenFormat
from entrypoints.development.clerk.server import FakeServer, LoggedRequest
from entrypoints.development.clerk.sessions import FakeSession
from entrypoints.development.clerk.tokens import FakeMachine
from entrypoints.development.clerk.users import FakeOrganization, FakeUser


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FakeClerk:
    """A fake Clerk instance on a loopback port, an ephemeral one unless given, listening while its context is open.

    It serves machine tokens, API keys, organisations, users and the key set in Clerk's wire format; users sign in by
    a call.

    Attributes:
        secret_key: The instance key, ``sk_…``.
        faults: Faults that requests run into.
    """

    def __init__(self, *, kid: str | None = None, now: Callable[[], datetime] = _utc_now, port: int = 0) -> None:
        """Prepare an instance with its own RSA key; ``now`` dates its tokens."""
        self.secret_key = f"sk_test_{secrets.token_hex(20)}"
        self.faults = FaultPlan()
        self._realm = FakeRealm(secret_key=self.secret_key, signing_key=SigningKey(kid), now=now)
        self._server = FakeServer(self._realm, self.faults, port)
        self._realm.issuer = self.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="fake-clerk")

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release paused requests, end all connections and stop listening."""
        self.faults.clear()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The Backend API's base."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def issuer(self) -> str:
        """The Frontend API's base, which stands in ``iss``."""
        return self.url

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs at present."""
        return self._realm.signing_key

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The requests that arrived so far, in order."""
        return tuple(self._server.log)

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.requests)

    def add_machine(
        self, *, scopes: Iterable[str] = (), machine_id: str | None = None, secret: str | None = None
    ) -> FakeMachine:
        """Add a machine whose tokens may reach the machines in ``scopes``."""
        return self._realm.add_machine(scopes, machine_id, secret)

    def mint(
        self,
        machine: FakeMachine,
        *,
        format: TokenFormat = "opaque",  # noqa: A002 - Clerk's own word
        seconds: float | None = 300,
        claims: dict[str, Any] | None = None,
    ) -> str:
        """Return a token that the machine sends; None lets an opaque one live for ever, and a JWT for an hour."""
        return self._realm.issue(machine, format, seconds, claims).token

    def add_organization(
        self, slug: str, *, name: str | None = None, organization_id: str | None = None
    ) -> FakeOrganization:
        """Add an organisation, or replace the one of the same id."""
        return self._realm.customers.add_organization(slug, name, organization_id)

    def add_user(self, email: str | None = None, *, user_id: str | None = None) -> FakeUser:
        """Add a user, or replace the one of the same id."""
        return self._realm.customers.add_user(email, user_id)

    def session_token(self, session: FakeSession, *, seconds: float = 60) -> str:
        return self._realm.session_token(session, seconds=seconds)

    def create_api_key(
        self,
        subject: str,
        *,
        name: str = "ci",
        seconds: float | None = None,
        scopes: Iterable[str] = (),
        secret: str | None = None,
    ) -> str:
        """Return an API key of an organisation or a user, given by id; None lets it live for ever."""
        customers = self._realm.customers
        return customers.create_api_key(subject, name=name, seconds=seconds, scopes=scopes, secret=secret).token

    def api_key_id(self, key: str) -> str:
        """Return the id of an API key, which is not its text.

        Raises:
            LookupError: It was not created here.
        """
        return self._realm.customers.api_keys.id_of(key)

    def revoke(self, token: str) -> None:
        """Revoke an opaque token or an API key.

        Raises:
            LookupError: It was not issued here.
        """
        self._realm.revoke(token)

    def sign(self, header: Json | bytes, claims: Json | bytes) -> str:
        """Return a token over exactly this header and these claims, signed by the present key whatever they say."""
        return self.signing_key.sign(header, claims)

    def return_inactive_tokens(self) -> None:
        """Answer 200 with ``revoked`` or ``expired`` set from now on, where 404 is the default."""
        self._realm.return_inactive()

    def rotate_key(self, *, keep_old: bool = False) -> SigningKey:
        """Sign with a new key from now on; without ``keep_old`` no earlier key is published."""
        self._realm.rotate(SigningKey(), keep_old=keep_old)
        return self.signing_key
