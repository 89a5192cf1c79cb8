"""Wires what looks at schemas, with or without its library. A part of the composition root."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.memory.schema_comparison import InMemorySchemaComparison
from application.ports.schema_comparison import SchemaComparison
from application.ports.schema_validator import SchemaValidator

NO_DRAFTS = (
    "whether each schema is valid by its draft was left out, as jsonschema-rs is not installed: pip install "
    "'provider-registry[schemas]'"
)


def open_schema_validation() -> SchemaValidator | None:
    """Return what knows the meta-schemas of all drafts; None without the extra ``schemas``."""
    try:
        from adapters.json_schema.validator import MetaSchemaValidator  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError:
        return None
    return MetaSchemaValidator()


@asynccontextmanager
async def open_schema_comparison() -> AsyncIterator[SchemaComparison]:
    """Open what compares schemas: with a second opinion, as the server does, or without the extra by structure."""
    if open_schema_validation() is None:
        yield InMemorySchemaComparison()
        return
    from adapters.json_schema.worker import SchemaWorker  # noqa: PLC0415 -- an extra

    worker = SchemaWorker(total=20)
    try:
        yield worker
    finally:
        await worker.aclose()
