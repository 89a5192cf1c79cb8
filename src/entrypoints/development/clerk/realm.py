"""A realm of the fake, apart from HTTP."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Literal

from entrypoints.development.clerk import tokens
from entrypoints.development.clerk.customers import FakeCustomers
from entrypoints.development.clerk.keys import SigningKey
from entrypoints.development.clerk.responses import CannedResponse, error_response, json_response
from entrypoints.development.clerk.sessions import FakeSession
from entrypoints.development.clerk.token_store import TokenStore
from entrypoints.development.clerk.tokens import FakeMachine, IssuedToken

TokenFormat = Literal["opaque", "jwt"]
MACHINE_CATEGORY = "cl_B7d4PD333AAA"


class FakeRealm:
    """The machines, tokens and keys of one fake Clerk instance; safe to use from any thread.

    Attributes:
        customers: Its organisations, users and API keys.
    """

    def __init__(self, *, secret_key: str, signing_key: SigningKey, now: Callable[[], datetime]) -> None:
        self.issuer = ""
        self.customers = FakeCustomers(now)
        self._secret_key = secret_key
        self._signing_key = signing_key
        self._published = [signing_key]
        self._now = now
        self._lock = threading.Lock()
        self._machines: dict[str, FakeMachine] = {}
        self._tokens = TokenStore()

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs at present."""
        return self._signing_key

    def rotate(self, signing_key: SigningKey, *, keep_old: bool) -> None:
        """Sign with another key from now on, and publish the old one too or not at all."""
        self._published = [signing_key, *(self._published if keep_old else [])]
        self._signing_key = signing_key

    def add_machine(self, scopes: Iterable[str], machine_id: str | None, secret: str | None) -> FakeMachine:
        machine = tokens.new_machine(scopes, machine_id, secret)
        with self._lock:
            self._machines[machine.secret] = machine
        return machine

    def issue(
        self, machine: FakeMachine, token_format: TokenFormat, seconds: float | None, claims: dict[str, Any] | None
    ) -> IssuedToken:
        """Issue a token in the machine's name."""
        token = tokens.new_token(machine, seconds=seconds, claims=claims, now=self._now())
        if token_format == "jwt":  # noqa: S105 - a format's name, no secret
            header = {"alg": "RS256", "typ": "JWT", "kid": self._signing_key.kid, "cat": MACHINE_CATEGORY}
            token.token = self._signing_key.sign(header, tokens.jwt_claims(token, self.issuer))
            return token
        self._tokens.add(token)
        return token

    def session_token(self, session: FakeSession, *, seconds: float) -> str:
        claims = session.claims(issuer=self.issuer, now=self._now(), seconds=seconds)
        return self._signing_key.sign(session.header(self._signing_key.kid), claims)

    def return_inactive(self) -> None:
        """Answer 200 with its flags for a revoked or expired token or key from now on, rather than 404."""
        self._tokens.returns_inactive = self.customers.api_keys.returns_inactive = True

    def is_instance_key(self, bearer: str) -> bool:
        return bearer == self._secret_key

    def revoke(self, token: str) -> None:
        """Revoke an opaque token or an API key, given as its text or its id.

        Raises:
            LookupError: There is none.
        """
        if not (self._tokens.revoke(token) or self.customers.api_keys.revoke(token)):
            raise LookupError("no such token")

    def mint_response(self, bearer: str, body: dict[str, Any]) -> CannedResponse:
        """Answer ``POST /v1/m2m_tokens``: the sender's secret mints."""
        machine = self._machines.get(bearer)
        if machine is None:
            return error_response(401, "authentication_invalid")
        formats: dict[object, TokenFormat] = {None: "opaque", "opaque": "opaque", "jwt": "jwt"}
        token_format = formats.get(str(body["token_format"]) if body.get("token_format") else None)
        seconds, claims = body.get("seconds_until_expiration"), body.get("claims")
        wrong_seconds = isinstance(seconds, bool) or not isinstance(seconds, int | float | None)
        if token_format is None or wrong_seconds or not isinstance(claims, dict | None):
            return error_response(400, "form_param_format_invalid")
        token = self.issue(machine, token_format, seconds, claims)
        return json_response(201, {**token.as_object(self._now()), "token": token.token})

    def verify_response(self, bearer: str, body: dict[str, Any]) -> CannedResponse:
        """Answer ``POST /v1/m2m_tokens/verify``: a machine sees tokens that may reach it, the instance key sees all."""
        machine = self._machines.get(bearer)
        if machine is None and not self.is_instance_key(bearer):
            return error_response(401, "authentication_invalid")
        text = body.get("token", body.get("secret"))  # Clerk's SDKs use either name
        if not isinstance(text, str):
            return error_response(400, "form_param_missing")
        now = self._now()
        token = self._tokens.find(text, now)
        if token is None or (machine is not None and machine.id not in token.scopes):
            return error_response(404, "machine_to_machine_token_not_found")
        return json_response(200, token.as_object(now))

    def revoke_response(self, bearer: str, token_id: str) -> CannedResponse:
        """Answer ``POST /v1/m2m_tokens/{id}/revoke``: the sender and the instance key may."""
        machine = self._machines.get(bearer)
        if machine is None and not self.is_instance_key(bearer):
            return error_response(401, "authentication_invalid")
        token = self._tokens.find_by_id(token_id)
        if token is None or (machine is not None and machine.id != token.subject):
            return error_response(404, "machine_to_machine_token_not_found")
        self.revoke(token.id)
        return json_response(200, token.as_object(self._now()))

    def jwks_response(self) -> CannedResponse:
        """Answer ``GET /.well-known/jwks.json``."""
        return json_response(200, {"keys": [key.jwk for key in self._published]})

    def backend_jwks_response(self, bearer: str) -> CannedResponse:
        """Answer ``GET /v1/jwks``: only the instance key reads it."""
        return self.jwks_response() if self.is_instance_key(bearer) else error_response(401, "authentication_invalid")
