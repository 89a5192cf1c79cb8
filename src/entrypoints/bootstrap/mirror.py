"""The mirror that the settings describe."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapters.postgres.engine import Database
from adapters.postgres.mirror_index import PostgresMirrorIndex
from application.ports.wheel_mirror import WheelMirror
from entrypoints.bootstrap.adapters import MirrorAdapters
from entrypoints.settings import MirrorSettings


def mirror_adapters(settings: MirrorSettings | None, database: Database) -> MirrorAdapters | None:
    """Return the adapters of the mirror; None if it is off."""
    if settings is None or settings.mode == "off" or settings.url is None:
        return None
    return MirrorAdapters(
        mirror=open_mirror(settings, settings.url),
        index=PostgresMirrorIndex(database),
        is_required=settings.mode == "required",
        seconds=settings.upload_seconds,
    )


def open_mirror(settings: MirrorSettings, url: str) -> WheelMirror:
    """Open the storage of a URL.

    Raises:
        MirrorUnavailableError: It is a folder that cannot be made.
    """
    # Not at the top: the library takes 10 MB of memory.
    from adapters.object_storage.folder_mirror import FolderMirror  # noqa: PLC0415
    from adapters.object_storage.wheel_mirror import ObjectStorageMirror  # noqa: PLC0415

    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderMirror(Path(unquote(parts.path)))
    return ObjectStorageMirror.open(
        url,
        allow_http=settings.allow_http,
        redirects=settings.redirect,
        public_endpoint=settings.public_endpoint,
    )
