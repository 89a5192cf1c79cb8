"""What goes over the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, HttpUrl


class ResourceSchemaIn(BaseModel):
    """The schema of one resource type, as it is sent."""

    provider: str | None = None
    resource: str | None = None
    description: str | None = None
    config_schema: dict[str, Any] | None = None
    outputs_schema: dict[str, Any] | None = None


class ResourceSchemaOut(BaseModel):
    """The schema of one resource type, as it is shown."""

    provider: str
    resource: str
    description: str | None
    config_schema: dict[str, Any] | None
    outputs_schema: dict[str, Any] | None


class MetadataIn(BaseModel):
    """How to show the provider."""

    display_name: str = Field(min_length=1, max_length=200)
    description: str
    tags: list[str] = []


class RegistrationIn(BaseModel):
    """A registration."""

    name: str = Field(min_length=1, max_length=200, pattern="^[a-z0-9-]+/[a-z0-9-]+$")
    version: str = Field(min_length=1, max_length=128)
    wheel_url: HttpUrl
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    package_name: str | None = None
    entrypoint: list[str] | None = None
    schemas: dict[str, ResourceSchemaIn] | None = None
    config_schema: dict[str, Any] | None = None
    outputs_schema: dict[str, Any] | None = None
    changelog: str | None = None
    metadata: MetadataIn


class ProviderVersionOut(BaseModel):
    """A version of a provider."""

    model_config = ConfigDict(from_attributes=True)

    prefix: str
    name: str
    version: str
    canonical: str
    runtime_version: str
    status: str
    wheel_url: str
    wheel_sha256: str
    wheel_filename: str
    wheel_size: int
    package_name: str | None
    entrypoint: list[str] | None
    schemas: list[ResourceSchemaOut] | None
    config_schema: dict[str, Any] | None
    outputs_schema: dict[str, Any] | None
    changelog: str | None
    registered_by: str
    published_at: datetime
    created_at: datetime
    updated_at: datetime
