"""What a database holds of published versions, read past the registry."""

from tests.support.postgres import fetch

_PUBLISHED = """
    SELECT version, count(*) FROM provider_versions v JOIN version_events e ON e.version_id = v.id
    WHERE v.status = 'published' AND e.action = 'published' GROUP BY version
"""


def published(dsn: str) -> dict[str, int]:
    """Return the published versions, each with how often its history says that it was published."""
    return dict(fetch(dsn, _PUBLISHED))
