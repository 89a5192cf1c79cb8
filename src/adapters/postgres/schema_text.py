"""Resource schemas as one readable JSON text, without parsing or re-writing the documents inside."""

from msgspec import UNSET, Raw, Struct, UnsetType, json

from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas


class _Entry(Struct, omit_defaults=True, frozen=True):
    resource_type: str
    provider: str
    resource: str
    description: str | None = None
    config_schema: Raw | UnsetType = UNSET
    outputs_schema: Raw | UnsetType = UNSET


_DECODER = json.Decoder(list[_Entry])


def write_schemas(schemas: ResourceSchemas | None) -> str | None:
    return None if schemas is None else json.encode([_entry(schema) for schema in schemas]).decode()


def read_schemas(stored: str | None) -> ResourceSchemas | None:
    return None if stored is None else ResourceSchemas(tuple(_schema(entry) for entry in _DECODER.decode(stored)))


def _entry(schema: ResourceSchema) -> _Entry:
    return _Entry(
        resource_type=schema.resource_type,
        provider=schema.provider,
        resource=schema.resource,
        description=schema.description,
        config_schema=_raw(schema.config_schema),
        outputs_schema=_raw(schema.outputs_schema),
    )


def _schema(entry: _Entry) -> ResourceSchema:
    return ResourceSchema(
        resource_type=entry.resource_type,
        provider=entry.provider,
        resource=entry.resource,
        description=entry.description,
        config_schema=_document(entry.config_schema),
        outputs_schema=_document(entry.outputs_schema),
    )


def _raw(document: CanonicalJson | None) -> Raw | UnsetType:
    return UNSET if document is None else Raw(document.text.encode())


def _document(raw: Raw | UnsetType) -> CanonicalJson | None:
    return None if isinstance(raw, UnsetType) else CanonicalJson(bytes(raw).decode())
