"""The wire format of yanks and histories."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from domain.history import MAX_YANK_REASON, LifecycleAction


class YankBody(Struct, kw_only=True):
    """Request body for yanking a version. Unknown fields are ignored."""

    reason: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MAX_YANK_REASON,
            description="Why; shown to everyone who reads the version.",
            examples=["Deletes buckets that it did not create."],
        ),
    ]


class LifecycleEventView(Struct, kw_only=True):
    """One step of a version's life."""

    action: Annotated[LifecycleAction, Meta(examples=["yanked"])]
    at: datetime
    actor: Annotated[str, Meta(description="Id of who took the step.", examples=["mch_release"])]
    request_id: Annotated[str, Meta(description="`X-Request-ID` of the request that asked for it.")] | None
    reason: (
        Annotated[
            str,
            Meta(
                description="The reason of a yank, or the sentence of a failure.",
                examples=["Deletes buckets that it did not create."],
            ),
        ]
        | None
    )
