"""The organisation that a provider belongs to. Providers that exist already belong to none."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("providers", sa.Column("organization_id", sa.Text()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("providers", "organization_id")
