"""Public reads of a version's schemas, for dependents."""

from functools import partial
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from application.scheduling import run_in_thread_if_large
from application.use_cases.queries import FindSchema, FindVersion
from domain.json_schema.documents import schema_document
from domain.schemas import ResourceSchema
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import path_after, provider_name, version_or_latest
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.routes.providers import VersionParameter, cache_control_of
from entrypoints.presenters.versions import JsonObject, ResourceSchemaView, schema_view

MEDIA_TYPE = "application/schema+json"
ResourceTypeParameter = Annotated[
    str, PathParameter(description="A resource type; its slashes may be written as they are, or as `%2F`.")
]
_URL = "https://registry.example.com/providers/platform/gcp/versions/1.4.0/schemas/cloudsql/database"
_CONFIG: dict[str, object] = {
    "type": "object",
    "properties": {"tier": {"enum": ["small", "large"]}},
    "required": ["tier"],
}
_OUTPUTS: dict[str, object] = {"type": "object", "properties": {"connection_name": {"type": "string"}}}
_SCHEMAS_EXAMPLE = {
    "cloudsql/database": ResourceSchemaView(
        provider="gcp",
        resource="cloudsql/database",
        description="A database of Cloud SQL.",
        config_schema=_CONFIG,
        outputs_schema=_OUTPUTS,
    )
}
_SCHEMA_EXAMPLE: dict[str, object] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": _URL,
    "title": "cloudsql/database",
    "description": "A database of Cloud SQL.",
    "type": "object",
    "properties": {
        "config": {"$id": f"{_URL}?part=config", **_CONFIG},
        "outputs": {"$id": f"{_URL}?part=outputs", **_OUTPUTS},
    },
}


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/schemas",
    tags=["Schemas"],
    summary="Read a version's schemas",
    description="By resource type, as they were sent; empty for a version without schemas. `latest` works here too.",
    operation_id="readSchemas",
    responses=responses.read("The schemas by resource type.", _SCHEMAS_EXAMPLE, of=dict[str, ResourceSchemaView]),
)
@cached_read
async def read_schemas(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
) -> Representation:
    """Read all schemas of one public version."""
    provider = provider_name(prefix, name)
    found = await find_version.execute(provider, version_or_latest(provider, version))
    views = {schema.resource_type: schema_view(schema) for schema in found.announcement.schemas or ()}
    return Representation.of(views, cache_control_of(version, IMMUTABLE))


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/schemas/{resource_type:path}",
    tags=["Schemas"],
    summary="Read one resource type's JSON Schema",
    description="A JSON Schema document of its own: an object with `config` and `outputs`, each as it was published. "
    "`latest` works here too; `$id` names the exact version.",
    operation_id="readSchema",
    responses=responses.read("A JSON Schema document.", _SCHEMA_EXAMPLE, of=JsonObject, media_type=MEDIA_TYPE),
)
@cached_read
async def read_schema(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    resource_type: ResourceTypeParameter,
    find_schema: NamedDependency[FindSchema],
    urls: NamedDependency[PublicUrls],
) -> Representation:
    """Read the schema of one resource type as a document."""
    provider = provider_name(prefix, name)
    written = path_after(request, 6, resource_type)
    found = await find_schema.execute(provider, version_or_latest(provider, version), written)
    url = urls.schema(request, provider, found.version.version, written)
    cache_control = cache_control_of(version, IMMUTABLE) if urls.base else REVALIDATE
    make = partial(_document, found.schema, url, cache_control, depends_on_host=urls.base is None)
    return await run_in_thread_if_large(_size(found.schema), make)


def _size(schema: ResourceSchema) -> int:
    return sum(len(document.text) for document in (schema.config_schema, schema.outputs_schema) if document)


def _document(schema: ResourceSchema, url: str, cache_control: str, *, depends_on_host: bool) -> Representation:
    return Representation.of(schema_document(schema, url), cache_control, MEDIA_TYPE, depends_on_host=depends_on_host)
