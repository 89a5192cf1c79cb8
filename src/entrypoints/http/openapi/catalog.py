"""The OpenAPI document's part on the catalog and on installing."""

from dataclasses import dataclass

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema

from entrypoints.http.openapi.config import UNMODIFIED, document_response
from entrypoints.http.openapi.examples import DIGEST, NULL
from entrypoints.http.templating import render
from entrypoints.presenters.catalog import ProviderPageView, ProviderView
from entrypoints.presenters.installing import InstallView, SimpleIndexView, SimpleProjectView

PROVIDER_EXAMPLE: dict[str, object] = {
    "prefix": "acme",
    "name": "gcp",
    "canonical": "acme/gcp",
    "display_name": "Google Cloud",
    "description": "Manages Google Cloud resources.",
    "author": {"kind": "customer", "organization_id": "org_2abc", "display_name": "Acme", "org_name": "Acme"},
    "trust_tier": "community",
    "scope": "public",
    "icon_url": "https://icons.example.com/gcp.svg",
    "readme": "# Google Cloud\n\nManages buckets and databases.",
    "tags": ["cloud", "google"],
    "latest_version": "1.4.0",
    "install_count": 0,
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-02-03T04:05:06Z",
}
_WHEEL_URL = "https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl"
INSTALL_EXAMPLE: dict[str, object] = {
    "requirement": f"pragmatiks-gcp-provider @ {_WHEEL_URL}#sha256={DIGEST}",
    "wheel_url": _WHEEL_URL,
    "wheel_sha256": DIGEST,
    "package_name": "gcp_provider",
    "entrypoint": ["python", "-m", "gcp_provider"],
    "requires_python": ">=3.11",
    "status": "published",
    "index_url": "https://registry.example.com/simple/",
}
SIMPLE_INDEX_EXAMPLE: dict[str, object] = {
    "meta": {"api-version": "1.1"},
    "projects": [{"name": "pragmatiks-gcp-provider"}],
}
SIMPLE_PROJECT_EXAMPLE: dict[str, object] = {
    "meta": {"api-version": "1.1"},
    "name": "pragmatiks-gcp-provider",
    "versions": ["1.4.0"],
    "files": [
        {
            "filename": "pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
            "url": _WHEEL_URL,
            "hashes": {"sha256": DIGEST},
            "requires-python": ">=3.11",
            "size": 48213,
            "upload-time": "2026-02-03T04:05:06Z",
            "yanked": False,
        }
    ],
}

SEARCH_RESPONSES = {
    200: document_response(
        ProviderPageView,
        "What was found.",
        {"items": [PROVIDER_EXAMPLE | {"readme": NULL}], "total": 1, "limit": 20, "offset": 0},
    ),
    304: UNMODIFIED,
}
PROVIDER_RESPONSES = {
    200: document_response(ProviderView, "The provider.", PROVIDER_EXAMPLE),
    304: UNMODIFIED,
}
INSTALL_RESPONSES = {
    200: document_response(InstallView, "What a runtime needs.", INSTALL_EXAMPLE),
    304: UNMODIFIED,
}


_PAGES: dict[str | None, str] = {
    "simpleIndex": render(
        "simple_index.html", view=msgspec.convert(SIMPLE_INDEX_EXAMPLE, SimpleIndexView), index="/simple/"
    ),
    **dict.fromkeys(
        ("simpleProject", "simpleNamespaceProject"),
        render("simple_project.html", view=msgspec.convert(SIMPLE_PROJECT_EXAMPLE, SimpleProjectView)),
    ),
}
"""By operation, the example of JSON as a page."""


@dataclass
class SimpleOperation(Operation):
    """Documents the forms beside JSON."""

    def __post_init__(self) -> None:
        """Add HTML."""
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            page = OpenAPIMediaType(
                schema=Schema(type=OpenAPIType.STRING),
                examples={"page": Example(summary="A list of links", value=_PAGES[self.operation_id])},
            )
            answer.content |= dict.fromkeys(("text/html", "application/vnd.pypi.simple.v1+html"), page)


_SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
SIMPLE_INDEX_RESPONSES = {
    200: document_response(SimpleIndexView, "Every distribution.", SIMPLE_INDEX_EXAMPLE, _SIMPLE_JSON),
    304: UNMODIFIED,
}
SIMPLE_PROJECT_RESPONSES = {
    200: document_response(SimpleProjectView, "The wheels.", SIMPLE_PROJECT_EXAMPLE, _SIMPLE_JSON),
    301: ResponseSpec(None, generate_examples=False, description="The normalised name, in `Location`."),
    304: UNMODIFIED,
}
