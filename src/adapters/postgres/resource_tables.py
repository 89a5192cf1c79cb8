"""The index of resource types that are searched: those of the version that each provider's ``latest`` means."""

from typing import Annotated, Any, cast

from advanced_alchemy.base import DefaultBase
from sqlalchemy import ARRAY, Index, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.tables import BIND_KEY

_NameKey = Annotated[str, mapped_column(Text(collation="C"), primary_key=True)]
_Name = Annotated[str, mapped_column(Text(collation="C"))]
_Texts = Annotated[list[str], mapped_column(ARRAY(Text))]


class ResourceTypeRow(DefaultBase):
    """A resource type. ``version`` has it; a row of another version than the latest is not shown."""

    __bind_key__ = BIND_KEY
    __tablename__ = "resource_types"
    __table_args__: Any = (
        Index("ix_resource_types_sought", "sought", "prefix", "name"),
        Index("ix_resource_types_labels", text("array_to_tsvector(labels)"), postgresql_using="gin"),
        Index("ix_resource_types_words", text("array_to_tsvector(words)"), postgresql_using="gin"),
    )

    prefix: Mapped[_NameKey]
    name: Mapped[_NameKey]
    resource_type: Mapped[_NameKey]
    sought: Mapped[_Name]
    version: Mapped[_Name]
    summary: Mapped[str] = mapped_column(Text)
    fields: Mapped[_Texts]
    labels: Mapped[_Texts]
    words: Mapped[_Texts]


RESOURCE_TYPES = cast("Table", ResourceTypeRow.__table__)
