"""The tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The tables' base."""


class Provider(Base):
    """A provider."""

    __tablename__ = "providers"
    __table_args__ = (UniqueConstraint("prefix", "name"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    display_name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ProviderVersion(Base):
    """A version of a provider."""

    __tablename__ = "provider_versions"
    __table_args__ = (UniqueConstraint("provider_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    provider: Mapped[Provider] = relationship(lazy="raise")
    version: Mapped[str] = mapped_column(String(128))
    runtime_version: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    wheel_url: Mapped[str] = mapped_column(String(2048))
    wheel_sha256: Mapped[str] = mapped_column(String(64))
    wheel_filename: Mapped[str] = mapped_column(Text)
    wheel_size: Mapped[int] = mapped_column(BigInteger)
    package_name: Mapped[str | None] = mapped_column(String(200))
    entrypoint: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    schemas: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    config_schema: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    outputs_schema: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    changelog: Mapped[str | None] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    @property
    def prefix(self) -> str:
        """The provider's prefix."""
        return self.provider.prefix

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def canonical(self) -> str:
        """The provider's canonical name."""
        return f"{self.provider.prefix}/{self.provider.name}"
