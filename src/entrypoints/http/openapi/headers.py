"""The OpenAPI document's part on header fields."""

from typing import Any

Json = dict[str, Any]

HEADERS: Json = {
    "RequestId": {
        "description": "The request's name in the log: the caller's own, or one made here.",
        "schema": {"type": "string", "maxLength": 128},
    },
    "ETag": {"description": "A validator for `If-None-Match`.", "schema": {"type": "string"}},
    "RetryAfter": {
        "description": "Seconds after which a retry is reasonable.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Link": {"description": 'Where the next page is, as `rel="next"`.', "schema": {"type": "string"}},
    "Location": {"description": "Where it is.", "schema": {"type": "string", "format": "uri-reference"}},
    "PreferenceApplied": {"description": "`respond-async` (RFC 7240).", "schema": {"type": "string"}},
    "Authenticate": {
        "description": '`Bearer`, with `error="invalid_token"` where a token was sent.',
        "schema": {"type": "string"},
    },
}
PARAMETERS: Json = {
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "Validators that the client has; if one is current, the answer is 304.",
        "schema": {"type": "string"},
    }
}

_BY_STATUS = {
    "201": {"Location": "Location"},
    "202": {"Location": "Location", "Preference-Applied": "PreferenceApplied", "Retry-After": "RetryAfter"},
    "301": {"Location": "Location"},
    "303": {"Location": "Location"},
    "304": {"ETag": "ETag"},
    "401": {"WWW-Authenticate": "Authenticate"},
    "429": {"Retry-After": "RetryAfter"},
    "503": {"Retry-After": "RetryAfter"},
}


def add_headers(operation: Json) -> None:
    """Describe the header fields of each answer, and of the request where its answer can be revalidated."""
    responses = operation["responses"]
    for status, response in responses.items():
        named = {"X-Request-ID": "RequestId", **_BY_STATUS.get(status, {})}
        if status == "200" and "304" in responses:
            named["ETag"] = "ETag"
        if status == "200" and any(parameter.get("name") == "cursor" for parameter in operation.get("parameters", ())):
            named["Link"] = "Link"
        response["headers"] = {name: {"$ref": f"#/components/headers/{header}"} for name, header in named.items()}
    if "304" in responses:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IfNoneMatch"})
