"""The body that adds attestations."""

from typing import Annotated

from msgspec import Meta, Struct

from entrypoints.presenters.versions import JsonObject


class AttestationsBody(Struct):
    """What is to be added."""

    attestations: Annotated[
        list[JsonObject],
        Meta(description="At most 8, of at most 65,536 bytes each.", extra_json_schema={"maxItems": 8}),
    ]
