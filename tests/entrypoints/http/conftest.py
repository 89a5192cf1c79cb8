"""The HTTP contract over memory adapters: everything between the socket and the ports is real."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from litestar.types import ASGIApp

from adapters.clerk.customers import ClerkCustomers
from adapters.instrumentation import NULL_OBSERVER
from adapters.instrumented import MirrorInstrumentation
from application.ports.token_verifier import TokenVerifier
from application.ports.wheel_fetcher import WheelFetcher
from domain.compatibility.gate import CompatibilityPolicy
from domain.customers import PublishPolicy
from domain.registrants import ConsoleMachine
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import Adapters, MemoryAdapters, build_registry
from entrypoints.http.app import create_app
from entrypoints.http.limits import HttpLimits
from entrypoints.telemetry import Telemetry
from entrypoints.use_cases import UseCases
from tests.builders import MACHINE_ID, RUNTIME_VERSION, a_wheel
from tests.entrypoints.http.witness import Witness

ROUTE = "/console/provider-versions"
METADATA = {"display_name": "Google Cloud", "description": "Manages Google Cloud resources.", "tags": ["cloud"]}


@dataclass
class Service:
    """A served registry, and what the tests reach behind it."""

    client: AsyncTestClient[ASGIApp]
    adapters: MemoryAdapters
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.token = self.adapters.verifier.issue(ConsoleMachine(MACHINE_ID))

    def upload(
        self,
        built: str = "1.0.0",
        /,
        *,
        data: bytes | None = None,
        distribution: str = "pragmatiks_gcp_provider",
        host: str = "wheels.example.com",
        **changes: Any,
    ) -> dict[str, Any]:
        """Put a wheel on the host and return the body that registers it; None leaves a field out."""
        wheel = a_wheel(distribution, built) if data is None else data
        url = f"https://{host}/files/{distribution}-{built}-py3-none-any.whl"
        self.adapters.fetcher.put(WheelUrl.parse(url), wheel)
        body = {
            "name": "platform/gcp",
            "version": built,
            "wheel_url": url,
            "sha256": hashlib.sha256(wheel).hexdigest(),
            "metadata": METADATA,
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    async def post(self, body: object, **headers: str) -> Response:
        return await self.client.post(ROUTE, json=body, headers=self.authorised(**headers))

    async def post_raw(self, content: bytes, **headers: str) -> Response:
        sent = self.authorised(**{"Content-Type": "application/json", **headers})
        return await self.client.post(ROUTE, content=content, headers=sent)

    async def publish(self, built: str = "1.0.0", /, **changes: Any) -> dict[str, Any]:
        response = await self.post(self.upload(built, **changes))
        assert response.status_code == 201, response.text
        published: dict[str, Any] = response.json()
        return published

    def authorised(self, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **headers}


@asynccontextmanager
async def serving(
    adapters: MemoryAdapters,
    limits: HttpLimits | None = None,
    *,
    customer_realm: bool = False,
    publish_policy: PublishPolicy | None = None,
    compatibility: CompatibilityPolicy | None = None,
    public_url: str | None = None,
    allowed_origins: Sequence[str] = (),
    telemetry: Telemetry | None = None,
    stages: MirrorInstrumentation | None = None,
    open_verifier: Callable[[], AbstractAsyncContextManager[TokenVerifier]] | None = None,
    open_customers: Callable[[], AbstractAsyncContextManager[ClerkCustomers]] | None = None,
    fetcher: WheelFetcher | None = None,
) -> AsyncIterator[Service]:
    """Serve a registry over memory adapters, but for whatever judges tokens or fetches wheels if another is given."""

    @asynccontextmanager
    async def open_registry() -> AsyncIterator[UseCases]:
        async with AsyncExitStack() as stack:
            verifier = await stack.enter_async_context(open_verifier()) if open_verifier else adapters.verifier
            mixed = Adapters(**{field.name: getattr(adapters, field.name) for field in fields(Adapters)})
            if open_customers:
                customers = await stack.enter_async_context(open_customers())
                mixed = replace(mixed, customer_verifier=customers.verifier, customer_directory=customers.directory)
            yield build_registry(
                replace(mixed, verifier=verifier, fetcher=fetcher or adapters.fetcher),
                release_machine_ids=[MACHINE_ID],
                publish_policy=publish_policy,
                runtime_version=RUNTIME_VERSION,
                compatibility=compatibility,
                observer=NULL_OBSERVER if stages is None else stages,
            )

    app = create_app(
        open_registry,
        limits=limits,
        customer_realm=customer_realm,
        public_url=public_url,
        telemetry=telemetry,
        allowed_origins=allowed_origins,
        mirror=adapters.mirror is not None,
        transparency_log=adapters.log is not None,
        provenance=adapters.provenance is not None,
    )
    witness = Witness(app)
    async with AsyncTestClient[ASGIApp](witness, raise_server_exceptions=False) as client:
        yield Service(client, adapters)
    assert witness.undocumented == set(), "add these to REFUSALS in entrypoints/http/openapi/refusals.py"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving(MemoryAdapters()) as service:
        yield service
