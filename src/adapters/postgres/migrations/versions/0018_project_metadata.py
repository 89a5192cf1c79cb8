"""What wheels say of their projects. Versions that exist already have nothing of it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, which the release before leaves empty."""
    op.add_column("provider_versions", sa.Column("project_metadata", sa.Text()))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("provider_versions", "project_metadata")
