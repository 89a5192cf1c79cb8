"""The index of resource types that are searched."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LATEST = """
    SELECT DISTINCT ON (prefix, name) prefix, name, version FROM provider_versions
    WHERE status = 'published' ORDER BY prefix, name, is_prerelease, sort_key DESC
"""
SCHEMAS = "SELECT schemas FROM provider_versions WHERE prefix = :prefix AND name = :name AND version = :version"


def upgrade() -> None:
    """Make the table, and fill it with the latest version of each provider. Nothing waits for it."""
    c_text = sa.Text(collation="C")
    table = op.create_table(
        "resource_types",
        sa.Column("prefix", c_text, nullable=False),
        sa.Column("name", c_text, nullable=False),
        sa.Column("resource_type", c_text, nullable=False),
        sa.Column("sought", c_text, nullable=False),
        sa.Column("version", c_text, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("labels", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "name", "resource_type", name=op.f("pk_resource_types")),
    )
    connection = op.get_bind()
    for latest in map(dict, connection.execute(sa.text(LATEST)).mappings().all()):
        rows = list(_rows(latest, connection.execute(sa.text(SCHEMAS), latest).scalar_one()))
        if rows:
            connection.execute(sa.insert(table), rows)
    op.create_index("ix_resource_types_sought", "resource_types", ["sought", "prefix", "name"])
    for terms in ("labels", "words"):
        op.create_index(
            f"ix_resource_types_{terms}",
            "resource_types",
            [sa.text(f"array_to_tsvector({terms})")],
            postgresql_using="gin",
        )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("resource_types")


# As the domain had it when this migration was made.
def _rows(latest: Mapping[str, Any], schemas: str | None) -> Iterator[dict[str, Any]]:
    for schema in json.loads(schemas or "[]"):
        summary = " ".join((schema.get("description") or "").split())[:300]
        fields = [name for name in list(_fields(schema.get("config_schema")))[:200] if len(name) <= 200]
        labels = sorted(set(_words(schema["resource_type"])))
        words = dict.fromkeys((*labels, *_words(" ".join(fields)), *_words(summary)))
        yield {
            "prefix": latest["prefix"],
            "name": latest["name"],
            "version": latest["version"],
            "resource_type": schema["resource_type"],
            "sought": schema["resource_type"].lower(),
            "summary": summary,
            "fields": fields,
            "labels": labels,
            "words": sorted(list(words)[:400]),
        }


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word[:64] for word in re.findall(r"[^\W_]+", folded)]


def _fields(document: object) -> dict[str, Any]:
    schema: Any = document if isinstance(document, dict) else {}
    reference = schema.get("$ref")
    if "properties" not in schema and isinstance(reference, str) and reference.count("/") == 2:
        _, holder, name = reference.split("/")
        held = schema.get(holder)
        schema = held.get(name) if isinstance(held, dict) else {}
    properties = schema.get("properties") if isinstance(schema, dict) else {}
    return properties if isinstance(properties, dict) else {}
