"""Finding providers by words, and versions by distribution; readmes. Versions that exist already have no readme."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PUBLIC = "status IN ('published', 'yanked')"
TERMS = ("labels", "words", "trigrams")


def upgrade() -> None:
    """Add the columns and their indexes, and make the providers that are there findable."""
    for terms in TERMS:
        op.add_column(
            "providers", sa.Column(terms, sa.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'"))
        )
    _fill()
    op.create_index(
        "ix_providers_shown", "providers", ["prefix", "name"], postgresql_where=sa.text("display_name IS NOT NULL")
    )
    op.create_index("ix_providers_tags", "providers", ["tags"], postgresql_using="gin")
    op.create_index("ix_providers_words", "providers", [sa.text("array_to_tsvector(words)")], postgresql_using="gin")
    op.create_index("ix_providers_trigrams", "providers", ["trigrams"], postgresql_using="gin")
    op.add_column("provider_versions", sa.Column("readme", sa.Text()))
    op.add_column("provider_versions", sa.Column("readme_type", sa.Text()))
    op.alter_column("provider_versions", "distribution", type_=sa.Text(collation="C"), existing_type=sa.Text())
    op.create_index(
        "ix_provider_versions_distribution",
        "provider_versions",
        ["distribution", "published_at"],
        postgresql_where=sa.text(PUBLIC),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_provider_versions_distribution", "provider_versions")
    op.alter_column("provider_versions", "distribution", type_=sa.Text(), existing_type=sa.Text(collation="C"))
    op.drop_column("provider_versions", "readme_type")
    op.drop_column("provider_versions", "readme")
    for terms in reversed(TERMS):
        op.drop_column("providers", terms)
    op.drop_index("ix_providers_tags", "providers")
    op.drop_index("ix_providers_shown", "providers")


def _fill() -> None:
    providers = sa.table(
        "providers",
        *(sa.column(name, sa.Text) for name in ("prefix", "name", "display_name", "description")),
        *(sa.column(name, sa.ARRAY(sa.Text)) for name in ("tags", *TERMS)),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(providers).where(providers.c.display_name.is_not(None))).mappings().all():
        labels = _words(f"{row['prefix']} {row['name']} {row['display_name']}")
        words = labels | _words(" ".join((row["description"], *row["tags"])))
        connection.execute(
            sa.update(providers)
            .where(providers.c.prefix == row["prefix"], providers.c.name == row["name"])
            .values(labels=sorted(labels), words=sorted(words), trigrams=sorted(_trigrams(labels)))
        )


# As domain.search had it when this migration was made.
def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return {word[:64] for word in re.findall(r"[^\W_]+", folded)}


def _trigrams(labels: set[str]) -> set[str]:
    padded = [f"  {label} " for label in labels]
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}
