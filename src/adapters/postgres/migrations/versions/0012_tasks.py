"""Tasks, and the versions that they build."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


ABANDON = """
    UPDATE provider_versions SET status = 'failed', error_code = 'build_abandoned',
        error_message = 'the registry was taken back to an earlier release; register the version again'
    WHERE status = 'building'
"""


def upgrade() -> None:
    """Make the table, and let a version that is being built name its task, which is there as long as it is built."""
    op.create_table(
        "tasks",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.Column("due_at", DateTimeUTC(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", GUID()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("kind", "key", name="uq_tasks_key"),
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01},
    )
    op.create_index("ix_tasks_due", "tasks", ["kind", "due_at"])
    op.add_column("provider_versions", sa.Column("registration_id", GUID()))
    op.add_column("provider_versions", sa.Column("task_id", GUID()))
    op.create_index(
        "ix_provider_versions_registration",
        "provider_versions",
        ["registration_id"],
        unique=True,
        postgresql_where=sa.text("registration_id IS NOT NULL"),
    )
    op.create_index(
        "ix_provider_versions_task", "provider_versions", ["task_id"], postgresql_where=sa.text("task_id IS NOT NULL")
    )
    # The release before this one knows no task: a row that it publishes keeps the task's id until the task is done.
    op.create_foreign_key(
        op.f("fk_provider_versions_task_id_tasks"),
        "provider_versions",
        "tasks",
        ["task_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_check_constraint(
        op.f("ck_provider_versions_building_has_task"),
        "provider_versions",
        "status <> 'building' OR task_id IS NOT NULL",
    )


def downgrade() -> None:
    """Drop them. What is being built has failed then, and may be registered again."""
    op.execute(ABANDON)
    for column in ("task_id", "registration_id"):
        op.drop_column("provider_versions", column)
    op.drop_table("tasks")
