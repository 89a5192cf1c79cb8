"""What the stand-in does with requests about customers, apart from HTTP."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from entrypoints.development.clerk.answers import json_answer
from entrypoints.development.clerk.faults import CannedAnswer, error_answer
from entrypoints.development.clerk.ledger import Ledger
from entrypoints.development.clerk.people import StandInOrganization, StandInUser, new_id
from entrypoints.development.clerk.tokens import IssuedToken, new_api_key

Known = TypeVar("Known", StandInOrganization, StandInUser)


class StandInCustomers:
    """The organisations, users and API keys of one pretended Clerk instance.

    The caller has checked the instance key.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.api_keys = Ledger()
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, StandInOrganization | StandInUser] = {}

    def add_organization(self, slug: str, name: str | None, organization_id: str | None) -> StandInOrganization:
        """Add an organisation, or replace the one of the same id."""
        organization = StandInOrganization(
            id=organization_id or new_id("org_"), name=name or slug, slug=slug, created_at=self._now()
        )
        return self._add(organization)

    def add_user(self, email: str | None, user_id: str | None) -> StandInUser:
        """Add a user, or replace the one of the same id."""
        return self._add(StandInUser(id=user_id or new_id("user_"), email=email, created_at=self._now()))

    def create_api_key(
        self, subject: str, *, name: str, seconds: float | None, scopes: Iterable[str] = ()
    ) -> IssuedToken:
        """Create an API key of an organisation or a user."""
        key = new_api_key(subject, name=name, seconds=seconds, now=self._now(), scopes=scopes)
        self.api_keys.add(key)
        return key

    def get_answer(self, kind: type[StandInOrganization | StandInUser], id_: str) -> CannedAnswer:
        """Answer ``GET /v1/organizations/{id}`` and ``GET /v1/users/{id}``."""
        found = self._known.get(id_)
        return json_answer(200, found.as_object()) if found and isinstance(found, kind) else _not_found()

    def create_api_key_answer(self, body: dict[str, Any]) -> CannedAnswer:
        """Answer ``POST /v1/api_keys``."""
        subject, name, seconds = body.get("subject"), body.get("name"), body.get("seconds_until_expiration")
        wrong_seconds = isinstance(seconds, bool) or not isinstance(seconds, int | float | None)
        scopes = body.get("scopes") or []
        wrong_scopes = not isinstance(scopes, list) or not all(isinstance(each, str) for each in scopes)
        if not isinstance(subject, str) or not isinstance(name, str) or wrong_seconds or wrong_scopes:
            return error_answer(400, "form_param_format_invalid")
        key = self.create_api_key(subject, name=name, seconds=seconds, scopes=scopes)
        return json_answer(201, {**key.as_object(self._now()), "secret": key.token})

    def verify_api_key_answer(self, body: dict[str, Any]) -> CannedAnswer:
        """Answer ``POST /v1/api_keys/verify``."""
        if not isinstance(body.get("secret"), str):
            return error_answer(400, "form_param_missing")
        found = self.api_keys.find(body["secret"], self._now())
        return _not_found() if found is None else json_answer(200, found.as_object(self._now()))

    def revoke_api_key_answer(self, key_id: str) -> CannedAnswer:
        """Answer ``POST /v1/api_keys/{id}/revoke``."""
        key = self.api_keys.find_by_id(key_id)
        if key is None:
            return _not_found()
        self.api_keys.revoke(key_id)
        return json_answer(200, key.as_object(self._now()))

    def _add(self, added: Known) -> Known:
        with self._lock:
            self._known[added.id] = added
        return added


def _not_found() -> CannedAnswer:
    return error_answer(404, "resource_not_found")
