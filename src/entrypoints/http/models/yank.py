"""The body of a yank."""

from typing import Annotated

from msgspec import Meta, Struct

from domain.versions import MAX_YANK_REASON


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


YANK_EXAMPLE = YankBody(reason="Deletes buckets that it did not create.")
