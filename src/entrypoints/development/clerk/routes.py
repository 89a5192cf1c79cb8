"""Routes of the fake."""

import json
import re
from typing import Any

from entrypoints.development.clerk.realm import FakeRealm
from entrypoints.development.clerk.responses import CannedResponse, error_response
from entrypoints.development.clerk.users import FakeOrganization, FakeUser

# Clerk's SDKs leave the version out of some calls.
_MINT = re.compile(r"(/v1)?/m2m_tokens")
_VERIFY = re.compile(r"(/v1)?/m2m_tokens/verify")
_REVOKE = re.compile(r"(?:/v1)?/m2m_tokens/([^/]+)/revoke")
_CREATE_KEY = re.compile(r"(/v1)?/api_keys")
_VERIFY_KEY = re.compile(r"(/v1)?/api_keys/verify")
_REVOKE_KEY = re.compile(r"(?:/v1)?/api_keys/([^/]+)/revoke")
_READ = re.compile(r"(?:/v1)?/(organizations|users)/([^/]+)")
_KINDS: dict[str, type[FakeOrganization | FakeUser]] = {
    "organizations": FakeOrganization,
    "users": FakeUser,
}


def get(realm: FakeRealm, path: str, bearer: str) -> CannedResponse:
    if path == "/.well-known/jwks.json":
        return realm.jwks_response()
    if path == "/v1/jwks":
        return realm.backend_jwks_response(bearer)
    if read := _READ.fullmatch(path):
        if not realm.is_instance_key(bearer):
            return error_response(401, "authentication_invalid")
        return realm.customers.get_response(_KINDS[read[1]], read[2])
    return error_response(404, "resource_not_found")


def post(realm: FakeRealm, path: str, bearer: str, content_type: str | None, body: bytes) -> CannedResponse:
    """Answer a POST. Like Clerk, it takes exactly ``application/json``."""
    if revoked := _REVOKE.fullmatch(path):
        return realm.revoke_response(bearer, revoked[1])
    if content_type != "application/json":
        return error_response(415, "unsupported_content_type")
    try:
        fields = json.loads(body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return error_response(400, "request_body_invalid")
    if _VERIFY.fullmatch(path):
        return realm.verify_response(bearer, fields)
    if _MINT.fullmatch(path):
        return realm.mint_response(bearer, fields)
    return _post_about_api_keys(realm, path, bearer, fields)


def _post_about_api_keys(realm: FakeRealm, path: str, bearer: str, fields: dict[str, Any]) -> CannedResponse:
    if not realm.is_instance_key(bearer):
        return error_response(401, "authentication_invalid")
    if _VERIFY_KEY.fullmatch(path):
        return realm.customers.verify_api_key_response(fields)
    if _CREATE_KEY.fullmatch(path):
        return realm.customers.create_api_key_response(fields)
    if revoked := _REVOKE_KEY.fullmatch(path):
        return realm.customers.revoke_api_key_response(revoked[1])
    return error_response(404, "resource_not_found")
