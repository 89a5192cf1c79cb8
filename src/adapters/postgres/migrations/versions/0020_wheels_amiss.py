"""Checks whose wheel is not as expected on its host are counted by an index."""

from alembic import op
from sqlalchemy import text

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index. The table is new, so it is quickly made."""
    op.create_index(
        "ix_version_checks_amiss", "version_checks", ["verdict"], postgresql_where=text("verdict <> 'intact'")
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_version_checks_amiss", "version_checks")
