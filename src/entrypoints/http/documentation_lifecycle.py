"""The OpenAPI document's part on yanks and histories."""

from dataclasses import dataclass

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation

from entrypoints.http.documentation import (
    READ_RESPONSES,
    REGISTRATION_RESPONSES,
    UNMODIFIED,
    document_response,
    json_body,
    problem_response,
)
from entrypoints.http.documentation_examples import NULL, PUBLISHED_EXAMPLE, YANKED_EXAMPLE
from entrypoints.http.wire import ProviderVersionView
from entrypoints.http.wire_lifecycle import LifecycleEventView, YankBody

YANK_EXAMPLE: dict[str, object] = {"reason": "Deletes buckets that it did not create."}
HISTORY_EXAMPLE: list[dict[str, object]] = [
    {
        "action": "published",
        "at": "2026-01-02T03:04:05Z",
        "actor": "mch_release",
        "request_id": "release-1.4.0",
        "reason": NULL,
    },
    {
        "action": "yanked",
        "at": "2026-01-03T08:00:00Z",
        "actor": "mch_release",
        "request_id": "0192f6c0a1b27c3d8e4f5a6b7c8d9e0f",
        **YANK_EXAMPLE,
    },
]


def _unpublished(required: str, verb: str) -> ResponseSpec:
    detail = f"platform/gcp 1.4.0 is failed; only a {required} version can be {verb}"
    return problem_response("Never published", "illegal_transition", 409, detail)


RESTORE_RESPONSES = {
    **{status: READ_RESPONSES[status] for status in (400, 404)},
    **{status: REGISTRATION_RESPONSES[status] for status in (401, 403, 503)},
    200: document_response(ProviderVersionView, "The version is published.", PUBLISHED_EXAMPLE),
    409: _unpublished("yanked", "restored"),
}
YANK_RESPONSES = {
    **RESTORE_RESPONSES,
    **{status: REGISTRATION_RESPONSES[status] for status in (400, 408, 413, 415)},
    200: document_response(ProviderVersionView, "The version is yanked.", YANKED_EXAMPLE),
    409: _unpublished("published", "yanked"),
    422: problem_response("Refused", "invalid_request", 422, "reason: is required"),
}
HISTORY_RESPONSES = {
    **READ_RESPONSES,
    200: document_response(list[LifecycleEventView], "What happened, oldest first.", HISTORY_EXAMPLE),
    304: UNMODIFIED,
}


@dataclass
class YankOperation(Operation):
    """Documents the body that the handler reads by itself, after authentication."""

    def __post_init__(self) -> None:
        """Add the body."""
        self.request_body = json_body(YankBody, "A broken release", YANK_EXAMPLE)
