"""What witnesses cosigned of the transparency log."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "log_cosignatures",
        sa.Column("witness", sa.Text(collation="C"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("witness", name=op.f("pk_log_cosignatures")),
    )


def downgrade() -> None:
    """Drop it; witnesses cosign the next checkpoint again."""
    op.drop_table("log_cosignatures")
