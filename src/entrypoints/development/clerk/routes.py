"""What the stand-in does with each path."""

import json
import re
from typing import Any

from entrypoints.development.clerk.faults import CannedAnswer, error_answer
from entrypoints.development.clerk.people import StandInOrganization, StandInUser
from entrypoints.development.clerk.realm import StandInRealm

# Clerk's SDKs leave the version out of some calls.
_MINT = re.compile(r"(/v1)?/m2m_tokens")
_VERIFY = re.compile(r"(/v1)?/m2m_tokens/verify")
_REVOKE = re.compile(r"(?:/v1)?/m2m_tokens/([^/]+)/revoke")
_CREATE_KEY = re.compile(r"(/v1)?/api_keys")
_VERIFY_KEY = re.compile(r"(/v1)?/api_keys/verify")
_REVOKE_KEY = re.compile(r"(?:/v1)?/api_keys/([^/]+)/revoke")
_READ = re.compile(r"(?:/v1)?/(organizations|users)/([^/]+)")
_KINDS: dict[str, type[StandInOrganization | StandInUser]] = {
    "organizations": StandInOrganization,
    "users": StandInUser,
}


def get(realm: StandInRealm, path: str, bearer: str) -> CannedAnswer:
    """Answer a GET."""
    if path == "/.well-known/jwks.json":
        return realm.jwks_answer()
    if path == "/v1/jwks":
        return realm.backend_jwks_answer(bearer)
    if read := _READ.fullmatch(path):
        if not realm.is_instance_key(bearer):
            return error_answer(401, "authentication_invalid")
        return realm.customers.get_answer(_KINDS[read[1]], read[2])
    return error_answer(404, "resource_not_found")


def post(realm: StandInRealm, path: str, bearer: str, content_type: str | None, body: bytes) -> CannedAnswer:
    """Answer a POST. Like Clerk, it takes exactly ``application/json``."""
    if revoked := _REVOKE.fullmatch(path):
        return realm.revoke_answer(bearer, revoked[1])
    if content_type != "application/json":
        return error_answer(415, "unsupported_content_type")
    try:
        fields = json.loads(body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return error_answer(400, "request_body_invalid")
    if _VERIFY.fullmatch(path):
        return realm.verify_answer(bearer, fields)
    if _MINT.fullmatch(path):
        return realm.mint_answer(bearer, fields)
    return _post_about_api_keys(realm, path, bearer, fields)


def _post_about_api_keys(realm: StandInRealm, path: str, bearer: str, fields: dict[str, Any]) -> CannedAnswer:
    if not realm.is_instance_key(bearer):
        return error_answer(401, "authentication_invalid")
    if _VERIFY_KEY.fullmatch(path):
        return realm.customers.verify_api_key_answer(fields)
    if _CREATE_KEY.fullmatch(path):
        return realm.customers.create_api_key_answer(fields)
    if revoked := _REVOKE_KEY.fullmatch(path):
        return realm.customers.revoke_api_key_answer(revoked[1])
    return error_answer(404, "resource_not_found")
