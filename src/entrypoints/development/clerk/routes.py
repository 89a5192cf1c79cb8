"""What the stand-in does with each path."""

import json
import re

from entrypoints.development.clerk.faults import CannedAnswer, error_answer
from entrypoints.development.clerk.realm import StandInRealm

_MINT = re.compile(r"(/v1)?/m2m_tokens")
_VERIFY = re.compile(r"(/v1)?/m2m_tokens/verify")
_REVOKE = re.compile(r"(?:/v1)?/m2m_tokens/([^/]+)/revoke")


def get(realm: StandInRealm, path: str, bearer: str) -> CannedAnswer:
    """Answer a GET."""
    if path == "/.well-known/jwks.json":
        return realm.jwks_answer()
    if path == "/v1/jwks":
        return realm.backend_jwks_answer(bearer)
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
    return error_answer(404, "resource_not_found")
