"""Bodies of responses that show nothing of the domain."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from domain.versions import VersionStatus


class HealthView(Struct):
    """Whether the service is up."""

    status: Literal["ok", "ready"]


class FieldProblem(Struct):
    """One bad field."""

    loc: list[str | int]
    msg: str
    type: str


class ProblemView(Struct, kw_only=True):
    """Why a request was refused (RFC 9457)."""

    type: Annotated[str, Meta(description="URI reference that names the kind of problem.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="One sentence: what is wrong and what to do.")]
    code: Annotated[str, Meta(description="Stable slug; docs/errors.md lists all of them.")]
    request_id: str
    errors: list[FieldProblem] | UnsetType = UNSET
    differences: list[str] | UnsetType = UNSET
    existing_status: VersionStatus | UnsetType = UNSET
