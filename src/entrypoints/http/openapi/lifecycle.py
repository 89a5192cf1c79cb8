"""The OpenAPI document's part on yanks and histories."""

from dataclasses import dataclass

from litestar.openapi.spec import Operation

from entrypoints.http.models.yank import YankBody
from entrypoints.http.openapi.config import (
    UNMODIFIED,
    document_response,
    json_body,
)
from entrypoints.http.openapi.examples import NULL, PUBLISHED_EXAMPLE, YANKED_EXAMPLE
from entrypoints.presenters.history import LifecycleEventView
from entrypoints.presenters.versions import ProviderVersionView

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


RESTORE_RESPONSES = {200: document_response(ProviderVersionView, "The version is published.", PUBLISHED_EXAMPLE)}
YANK_RESPONSES = {200: document_response(ProviderVersionView, "The version is yanked.", YANKED_EXAMPLE)}
HISTORY_RESPONSES = {
    200: document_response(list[LifecycleEventView], "What happened, oldest first.", HISTORY_EXAMPLE),
    304: UNMODIFIED,
}


@dataclass
class YankOperation(Operation):
    """Documents the body that the handler reads by itself, after authentication."""

    def __post_init__(self) -> None:
        """Add the body."""
        self.request_body = json_body(YankBody, "A broken release", YANK_EXAMPLE)
