"""Customers of the fake, apart from HTTP."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from entrypoints.development.clerk.responses import CannedResponse, error_response, json_response
from entrypoints.development.clerk.token_store import TokenStore
from entrypoints.development.clerk.tokens import IssuedToken, new_api_key
from entrypoints.development.clerk.users import FakeOrganization, FakeUser, new_id

Known = TypeVar("Known", FakeOrganization, FakeUser)


class FakeCustomers:
    """The organisations, users and API keys of one fake Clerk instance.

    The caller has checked the instance key.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.api_keys = TokenStore()
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, FakeOrganization | FakeUser] = {}

    def add_organization(self, slug: str, name: str | None, organization_id: str | None) -> FakeOrganization:
        """Add an organisation, or replace the one of the same id."""
        organization = FakeOrganization(
            id=organization_id or new_id("org_"), name=name or slug, slug=slug, created_at=self._now()
        )
        return self._add(organization)

    def add_user(self, email: str | None, user_id: str | None) -> FakeUser:
        """Add a user, or replace the one of the same id."""
        return self._add(FakeUser(id=user_id or new_id("user_"), email=email, created_at=self._now()))

    def create_api_key(
        self,
        subject: str,
        *,
        name: str,
        seconds: float | None,
        scopes: Iterable[str] = (),
        secret: str | None = None,
    ) -> IssuedToken:
        """Create an API key of an organisation or a user."""
        key = new_api_key(subject, name=name, seconds=seconds, now=self._now(), scopes=scopes, secret=secret)
        self.api_keys.add(key)
        return key

    def get_response(self, kind: type[FakeOrganization | FakeUser], id_: str) -> CannedResponse:
        """Answer ``GET /v1/organizations/{id}`` and ``GET /v1/users/{id}``."""
        found = self._known.get(id_)
        return json_response(200, found.as_object()) if found and isinstance(found, kind) else _not_found()

    def create_api_key_response(self, body: dict[str, Any]) -> CannedResponse:
        """Answer ``POST /v1/api_keys``."""
        subject, name, seconds = body.get("subject"), body.get("name"), body.get("seconds_until_expiration")
        wrong_seconds = isinstance(seconds, bool) or not isinstance(seconds, int | float | None)
        scopes = body.get("scopes") or []
        wrong_scopes = not isinstance(scopes, list) or not all(isinstance(each, str) for each in scopes)
        if not isinstance(subject, str) or not isinstance(name, str) or wrong_seconds or wrong_scopes:
            return error_response(400, "form_param_format_invalid")
        key = self.create_api_key(subject, name=name, seconds=seconds, scopes=scopes)
        return json_response(201, {**key.as_object(self._now()), "secret": key.token})

    def verify_api_key_response(self, body: dict[str, Any]) -> CannedResponse:
        """Answer ``POST /v1/api_keys/verify``."""
        if not isinstance(body.get("secret"), str):
            return error_response(400, "form_param_missing")
        found = self.api_keys.find(body["secret"], self._now())
        return _not_found() if found is None else json_response(200, found.as_object(self._now()))

    def revoke_api_key_response(self, key_id: str) -> CannedResponse:
        """Answer ``POST /v1/api_keys/{id}/revoke``."""
        key = self.api_keys.find_by_id(key_id)
        if key is None:
            return _not_found()
        self.api_keys.revoke(key_id)
        return json_response(200, key.as_object(self._now()))

    def _add(self, added: Known) -> Known:
        with self._lock:
            self._known[added.id] = added
        return added


def _not_found() -> CannedResponse:
    return error_response(404, "resource_not_found")
