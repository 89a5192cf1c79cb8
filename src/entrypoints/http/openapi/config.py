"""The OpenAPI document: what annotations cannot say."""

from typing import Any

from litestar import Request, Router
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    Contact,
    License,
    SecurityScheme,
)


def _hidden(_: Request[Any, Any, Any]) -> None:
    raise NotFoundException


def openapi_config(version: str) -> OpenAPIConfig:
    """Return the configuration of the OpenAPI document, which ``api_document`` completes."""
    return OpenAPIConfig(
        title="Provider Registry",
        version=version,
        description="Registers, verifies and serves wheel-backed provider versions.",
        contact=Contact(name="The Provider Registry developers"),
        license=License(name="MIT", identifier="MIT"),
        components=Components(
            security_schemes={
                "ConsoleMachine": SecurityScheme(
                    type="http", scheme="bearer", description="A Clerk machine-to-machine token of the Console realm."
                ),
                "Customer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="A Clerk session token with an active organisation, or an organisation's API key.",
                ),
            },
        ),
        # Litestar's own routes show an incomplete document, with scripts from elsewhere.
        openapi_router=Router("/schema/raw", route_handlers=[], include_in_schema=False, before_request=_hidden),
        render_plugins=[JsonRenderPlugin()],
        create_examples=False,
    )
