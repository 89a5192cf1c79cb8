"""The application: what a competent team writes first, without any of the registry's proofs."""

import hashlib
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import contains_eager

from benchmarks.plain_service.models import Base, Provider, ProviderVersion
from benchmarks.plain_service.schemas import ProviderVersionOut, RegistrationIn, ResourceSchemaIn


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold a pool of database connections and an HTTP client with connections of its own."""
    engine = create_async_engine(os.environ["PLAIN_DATABASE_URL"], pool_size=10, max_overflow=0)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    trust = ssl.create_default_context(cafile=os.environ["PLAIN_CA_BUNDLE"])
    async with httpx.AsyncClient(verify=trust, timeout=120, trust_env=False) as client:
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        app.state.client = client
        yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a request its session."""
    async with request.app.state.sessions() as session:
        yield session


async def get_client(request: Request) -> httpx.AsyncClient:
    """Give a request the HTTP client."""
    client: httpx.AsyncClient = request.app.state.client
    return client


Session = Annotated[AsyncSession, Depends(get_session)]
Client = Annotated[httpx.AsyncClient, Depends(get_client)]


@app.get("/health")
async def health() -> dict[str, str]:
    """Answer as long as the process does."""
    return {"status": "ok"}


@app.post("/console/provider-versions", status_code=201, response_model=ProviderVersionOut)
async def register(body: RegistrationIn, session: Session, client: Client) -> ProviderVersion:
    """Hash the wheel and store the version."""
    digest, size = await _hash(client, str(body.wheel_url))
    if body.sha256 not in {None, digest}:
        raise HTTPException(422, "The wheel has another digest.")
    prefix, _, name = body.name.partition("/")
    query = select(Provider).where(Provider.prefix == prefix, Provider.name == name)
    provider = await session.scalar(query)
    if provider is None:
        provider = Provider(prefix=prefix, name=name, **body.metadata.model_dump())
    version = _version(body, provider, digest, size)
    session.add(version)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, "The version exists.") from None
    return version


@app.get("/providers/{prefix}/{name}/versions/{version}", response_model=ProviderVersionOut)
async def find_version(prefix: str, name: str, version: str, session: Session) -> ProviderVersion:
    """Read one version with its schemas."""
    query = (
        select(ProviderVersion)
        .join(ProviderVersion.provider)
        .options(contains_eager(ProviderVersion.provider))
        .where(Provider.prefix == prefix, Provider.name == name, ProviderVersion.version == version)
    )
    found = await session.scalar(query)
    if found is None:
        raise HTTPException(404, "There is no such version.")
    return found


async def _hash(client: httpx.AsyncClient, url: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        async with client.stream("GET", url) as response:
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                digest.update(chunk)
                size += len(chunk)
    except httpx.HTTPError:
        raise HTTPException(502, "The wheel cannot be fetched.") from None
    return digest.hexdigest(), size


def _version(body: RegistrationIn, provider: Provider, digest: str, size: int) -> ProviderVersion:
    return ProviderVersion(
        provider=provider,
        version=body.version,
        runtime_version="unpinned",
        status="published",
        wheel_url=str(body.wheel_url),
        wheel_sha256=digest,
        wheel_filename=(body.wheel_url.path or "").rpartition("/")[2],
        wheel_size=size,
        package_name=body.package_name,
        entrypoint=body.entrypoint,
        schemas=body.schemas and [_schema(kind, schema, provider) for kind, schema in sorted(body.schemas.items())],
        config_schema=body.config_schema,
        outputs_schema=body.outputs_schema,
        changelog=body.changelog,
        registered_by="ci",
    )


def _schema(kind: str, schema: ResourceSchemaIn, provider: Provider) -> dict[str, object]:
    return {**schema.model_dump(), "provider": schema.provider or provider.name, "resource": schema.resource or kind}
