"""The OpenAPI document's part on schemas."""

from entrypoints.http.openapi.config import UNMODIFIED, document_response
from entrypoints.presenters.versions import JsonObject, ResourceSchemaView

_URL = "https://registry.example.com/providers/platform/gcp/versions/1.4.0/schemas/cloudsql/database"
_CONFIG: dict[str, object] = {
    "type": "object",
    "properties": {"tier": {"enum": ["small", "large"]}},
    "required": ["tier"],
}
_OUTPUTS: dict[str, object] = {"type": "object", "properties": {"connection_name": {"type": "string"}}}
SCHEMAS_EXAMPLE: dict[str, object] = {
    "cloudsql/database": {
        "provider": "gcp",
        "resource": "cloudsql/database",
        "description": "A database of Cloud SQL.",
        "config_schema": _CONFIG,
        "outputs_schema": _OUTPUTS,
    }
}
SCHEMA_EXAMPLE: dict[str, object] = {
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

SCHEMAS_RESPONSES = {
    200: document_response(dict[str, ResourceSchemaView], "The schemas by resource type.", SCHEMAS_EXAMPLE),
    304: UNMODIFIED,
}
SCHEMA_RESPONSES = {
    200: document_response(JsonObject, "A JSON Schema document.", SCHEMA_EXAMPLE, "application/schema+json"),
    304: UNMODIFIED,
}
