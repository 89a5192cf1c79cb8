"""Alembic's environment and revisions."""

from pathlib import Path

LOCATION = str(Path(__file__).parent)
VERSION_TABLE = "alembic_versions"
MIGRATION_LOCK = 7305808869231650162
"""Key of the advisory lock that serializes migrations. The same in every release."""
