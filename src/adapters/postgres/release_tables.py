"""When each provider last published a version."""

from datetime import datetime
from typing import Annotated, Any, cast

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import Index, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.tables import BIND_KEY

_NameKey = Annotated[str, mapped_column(Text(collation="C"), primary_key=True)]


class ProviderReleaseRow(DefaultBase):
    """A provider that has a public version. A trigger of the database keeps it.

    Apart from ``providers``, whose many indexes each release would otherwise write to.
    """

    __bind_key__ = BIND_KEY
    __tablename__ = "provider_releases"
    __table_args__: Any = (Index("ix_provider_releases_order", "released_at", "prefix", "name"),)

    prefix: Mapped[_NameKey]
    name: Mapped[_NameKey]
    released_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))


RELEASES = cast("Table", ProviderReleaseRow.__table__)
