"""The mirror that the settings describe."""

from adapters.postgres.engine import Database
from adapters.postgres.mirror_index import PostgresMirrorIndex
from entrypoints.bootstrap.adapters import MirrorAdapters
from entrypoints.settings import MirrorSettings


def mirror_adapters(settings: MirrorSettings | None, database: Database) -> MirrorAdapters | None:
    """Return the adapters of the mirror; None if it is off."""
    if settings is None or settings.mode == "off" or settings.url is None:
        return None
    from adapters.object_storage.wheel_mirror import ObjectStorageMirror  # noqa: PLC0415 -- takes 10 MB of memory

    return MirrorAdapters(
        mirror=ObjectStorageMirror.open(settings.url, allow_http=settings.allow_http),
        index=PostgresMirrorIndex(database),
        is_required=settings.mode == "required",
    )
