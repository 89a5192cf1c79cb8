"""Providers and their versions."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "providers",
        sa.Column("prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("display_name", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("icon_url", sa.Text()),
        sa.Column("tags", sa.ARRAY(sa.Text())),
        *_times("created_at", "updated_at"),
        sa.CheckConstraint(
            "num_nulls(display_name, description, tags) IN (0, 3)", name=op.f("ck_providers_metadata_is_whole")
        ),
        sa.PrimaryKeyConstraint("prefix", "name", name=op.f("pk_providers")),
    )
    op.create_table("provider_versions", *_identity(), *_announced(), *_proven(), *_lifecycle(), *_constraints())
    key = ["prefix", "name"]
    order: sa.ColumnElement[str] = sa.literal_column("sort_key DESC")
    op.create_index(
        "ix_provider_versions_public",
        "provider_versions",
        [*key, order],
        postgresql_where=sa.text("status IN ('published', 'yanked')"),
    )
    op.create_index(
        "ix_provider_versions_latest",
        "provider_versions",
        [*key, "is_prerelease", order],
        postgresql_where=sa.text("status = 'published'"),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("provider_versions")
    op.drop_table("providers")


def _identity() -> list[sa.Column[object]]:
    return [
        sa.Column("id", GUID(), nullable=False),
        sa.Column("prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Text(collation="C"), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("is_prerelease", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
    ]


def _announced() -> list[sa.Column[object]]:
    return [
        sa.Column("wheel_url", sa.Text(), nullable=False),
        *_texts("announced_sha256", "announced_package_name"),
        sa.Column("entrypoint", sa.ARRAY(sa.Text())),
        *_texts("schemas", "config_schema", "outputs_schema", "changelog"),
    ]


def _proven() -> list[sa.Column[object]]:
    return [
        *_texts("wheel_sha256"),
        sa.Column("wheel_size", sa.BigInteger()),
        *_texts(
            "wheel_filename", "distribution", "requires_python", "summary", "inferred_package_name", "verification"
        ),
    ]


def _lifecycle() -> list[sa.Column[object]]:
    return [
        sa.Column("runtime_version", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        *_times("created_at", "updated_at"),
        sa.Column("published_at", DateTimeUTC(timezone=True)),
        *_texts("error_code", "error_message"),
        sa.Column("yanked_at", DateTimeUTC(timezone=True)),
        *_texts("yanked_reason", "source_hash"),
    ]


def _constraints() -> list[sa.Constraint]:
    checks = {
        "status_is_known": "status IN ('building', 'published', 'failed', 'yanked')",
        "wheel_is_whole": "num_nulls(wheel_sha256, wheel_size, wheel_filename, distribution) IN (0, 4)",
        "public_has_wheel": "NOT (status IN ('published', 'yanked'))"
        " OR (wheel_sha256 IS NOT NULL AND published_at IS NOT NULL)",
        "failed_has_error": "(status = 'failed') = (error_message IS NOT NULL)",
        "yanked_has_time": "(status = 'yanked') = (yanked_at IS NOT NULL)",
    }
    return [
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_versions")),
        sa.ForeignKeyConstraint(
            ["prefix", "name"],
            ["providers.prefix", "providers.name"],
            name=op.f("fk_provider_versions_prefix_providers"),
        ),
        sa.UniqueConstraint("prefix", "name", "version", name="uq_provider_versions_version"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_provider_versions_{name}")) for name, rule in checks.items()),
    ]


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text()) for name in names]


def _times(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, DateTimeUTC(timezone=True), nullable=False) for name in names]
