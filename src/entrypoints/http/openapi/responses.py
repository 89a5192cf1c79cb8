"""What routes state of their bodies, by example."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, Reference, RequestBody

JSON = "application/json"
Responses = dict[int, ResponseSpec]
"""By status."""


def response(
    description: str,
    example: object,
    *others: Example,
    of: Any = None,  # noqa: ANN401 -- any type
    media_type: str = JSON,
    summary: str | None = None,
) -> ResponseSpec:
    """Describe a response by examples. The first has the type of the body, unless ``of`` names that."""
    return ResponseSpec(
        of or type(example),
        generate_examples=False,
        description=description,
        media_type=media_type,
        examples=[Example(summary=summary or description, value=example), *others],
    )


def empty(description: str) -> ResponseSpec:
    """Describe a response without a body."""
    return ResponseSpec(None, generate_examples=False, description=description)


def read(description: str, example: object, *, of: Any = None, media_type: str = JSON) -> Responses:  # noqa: ANN401
    """Describe the responses of a conditional read."""
    not_modified = empty("The client has it already (`If-None-Match`).")
    return {200: response(description, example, of=of, media_type=media_type), 304: not_modified}


def json_body(struct: type[msgspec.Struct], summary: str, example: object) -> RequestBody:
    """Describe a body that a handler reads by itself, after authentication."""
    return RequestBody(
        required=True,
        content={
            JSON: OpenAPIMediaType(
                schema=Reference(ref=f"#/components/schemas/{struct.__name__}"),
                examples={"example": Example(summary=summary, value=example)},
            )
        },
    )


def operation_with_body(struct: type[msgspec.Struct], summary: str, example: object) -> type[Operation]:
    """Return the operation class of a handler that reads its body by itself, after authentication."""

    @dataclass
    class OperationWithBody(Operation):
        def __post_init__(self) -> None:
            self.request_body = json_body(struct, summary, example)

    return OperationWithBody
