"""Entries of the log, for people."""

from datetime import datetime
from urllib.parse import quote

import msgspec

from application.ports.log_queries import NumberedEntry

_PREFIX, _SUFFIX = "org.provider-registry.", ".v1"
_SAID = {
    "log.opened": "Log opened",
    "provider.metadata": "Shown otherwise",
    "version.published": "Published",
    "version.yanked": "Yanked",
    "version.restored": "Restored",
}


class LoggedWheel(msgspec.Struct, frozen=True):
    """The wheel of a publication."""

    filename: str
    sha256: str


class LoggedData(msgspec.Struct, frozen=True):
    """What an event is about."""

    actor: str | None = None
    prefix: str | None = None
    name: str | None = None
    version: str | None = None
    wheel: LoggedWheel | None = None
    backfilled: bool = False


class LoggedEvent(msgspec.Struct, frozen=True):
    """An entry, as far as people see it."""

    id: str
    type: str
    subject: str
    time: datetime
    data: LoggedData

    @property
    def said(self) -> str:
        """What happened, in a word or two."""
        return _SAID.get(self.short_type, self.short_type)

    @property
    def short_type(self) -> str:
        """The type, as the feed names it."""
        return self.type.removeprefix(_PREFIX).removesuffix(_SUFFIX)

    @property
    def path(self) -> str | None:
        """The page of what it is about; None for the log itself."""
        data = self.data
        if data.prefix is None or data.name is None:
            return None
        provider = f"/catalog/{data.prefix}/{data.name}"
        return provider if data.version is None else f"{provider}/{quote(data.version, safe='')}"


_decode = msgspec.json.Decoder(LoggedEvent).decode


def logged_event(entry: NumberedEntry) -> LoggedEvent:
    """Read an entry that this registry made."""
    return _decode(entry.leaf)
