"""The OpenAPI document's part on dry runs."""

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIType, Parameter, Schema

from entrypoints.http.openapi.examples import PUBLISHED_EXAMPLE
from entrypoints.http.requests.dry_runs import PARAMETER
from entrypoints.presenters.dry_runs import DryRunView
from entrypoints.presenters.versions import ProviderVersionView

DRY_RUN_EXAMPLE: dict[str, object] = {
    "outcome": "conflict",
    "code": "version_conflict",
    "detail": "platform/gcp 1.4.0 is already published with different sha256; published content never changes, so "
    "raise the version",
    "differences": ["sha256"],
    "existing_status": "published",
}
DRY_RUN_PARAMETER = Parameter(
    name=PARAMETER,
    param_in="query",
    description="`true`: do everything but write, and answer 200 with what registering would come to. Refusals are "
    "those of the real thing, but a conflict is an outcome.",
    schema=Schema(type=OpenAPIType.BOOLEAN, default=False),
)
REGISTRATION_SUCCESSES = {
    200: ResponseSpec(
        ProviderVersionView | DryRunView,  # type: ignore[arg-type] # a union is described as well
        generate_examples=False,
        description="This exact version was registered before; nothing was written. Or, on a dry run, what would "
        "happen.",
        examples=[
            Example(summary="The version as it is", value=PUBLISHED_EXAMPLE),
            Example(summary="A dry run", value=DRY_RUN_EXAMPLE),
        ],
    ),
    201: ResponseSpec(
        ProviderVersionView,
        generate_examples=False,
        description="This call registered the version.",
        examples=[Example(summary="The version", value=PUBLISHED_EXAMPLE)],
    ),
}
