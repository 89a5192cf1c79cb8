"""Checks of public versions' wheels on their hosts."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Checks of versions that are there already are added by the registry itself."""
    op.create_table(
        "version_checks",
        sa.Column("version_id", GUID(), nullable=False),
        sa.Column("due_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", GUID()),
        sa.Column("verdict", sa.Text(collation="C")),
        sa.Column("since", DateTimeUTC(timezone=True)),
        sa.Column("checked_at", DateTimeUTC(timezone=True)),
        sa.Column("verified_at", DateTimeUTC(timezone=True)),
        sa.Column("failing_since", DateTimeUTC(timezone=True)),
        sa.Column("failure", sa.Text()),
        sa.Column("seen_size", sa.BigInteger()),
        sa.Column("seen_tag", sa.Text()),
        sa.Column("other_sha256", sa.Text(collation="C")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_checks")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["provider_versions.id"], name=op.f("fk_version_checks_version_id_provider_versions")
        ),
        sa.CheckConstraint("verdict IN ('intact', 'drifted', 'unreachable')", name=op.f("ck_version_checks_verdict")),
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01},
    )
    op.create_index("ix_version_checks_due", "version_checks", ["due_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("version_checks")
