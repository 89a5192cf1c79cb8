"""How versions compare with the ones before them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for the summary, an index to find baselines by, and a table for the reports, which are large."""
    op.add_column("provider_versions", sa.Column("compatibility", sa.Text()))
    op.create_index(
        "ix_provider_versions_comparable",
        "provider_versions",
        ["prefix", "name", "is_prerelease", sa.text("sort_key DESC")],
        postgresql_where=sa.text("status = 'published' AND num_nonnulls(schemas, config_schema, outputs_schema) > 0"),
    )
    op.create_table(
        "compatibility_reports",
        sa.Column("version_id", sa.Uuid(), sa.ForeignKey("provider_versions.id"), primary_key=True),
        sa.Column("report", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Drop all of it."""
    op.drop_table("compatibility_reports")
    op.drop_index("ix_provider_versions_comparable", "provider_versions")
    op.drop_column("provider_versions", "compatibility")
