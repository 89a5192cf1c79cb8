"""What the organisation that publishes a provider is called. It is not known of providers that exist already."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("providers", sa.Column("organization_name", sa.Text()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("providers", "organization_name")
