"""The feed of changes."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Raw, Struct

from application.ports.log_queries import NumberedEntry
from application.use_cases.read_log import Changes
from domain.log.entries import EventType

_PREFIX, _SUFFIX = "org.provider-registry.", ".v1"
TYPES: Mapping[str, EventType] = {each.removeprefix(_PREFIX).removesuffix(_SUFFIX): each for each in EventType}
"""By their short names."""


class FeedItemView(Struct, kw_only=True):
    """One entry of the log."""

    seq: Annotated[int, Meta(description="How many entries have been read with it: its index and one.", ge=1)]
    event: Annotated[Raw, Meta(description="A CloudEvent (1.0), byte for byte as it is in the log.")]


class ChangesView(Struct, kw_only=True):
    """A page of changes."""

    log: Annotated[str, Meta(description="The log's origin. A cursor is one of this log.")]
    items: list[FeedItemView]
    next: Annotated[int, Meta(description="Send it as `after` to continue.", ge=0)]
    head: Annotated[int, Meta(description="How many entries the log has.", ge=0)]


def changes_view(page: Changes) -> ChangesView:
    return ChangesView(
        log=page.origin,
        items=[FeedItemView(seq=item.index + 1, event=Raw(item.leaf)) for item in page.items],
        next=page.next,
        head=page.head,
    )


def server_sent_event(item: NumberedEntry) -> bytes:
    """Return an entry as a server-sent event, whose id is the cursor after it."""
    return b"id: %d\r\nevent: %s\r\ndata: %s\r\n\r\n" % (item.index + 1, _short_type(item.leaf), item.leaf)


def server_sent_cursor(cursor: int) -> bytes:
    """Return what moves a client's cursor, without an event."""
    return b"id: %d\r\n\r\n" % cursor


def _short_type(leaf: bytes) -> bytes:
    # In canonical JSON, "type" is the last member of an event.
    written = leaf.rpartition(b'"type":"')[2].removesuffix(b'"}').decode()
    return written.removeprefix(_PREFIX).removesuffix(_SUFFIX).encode()


_EVENT = (
    b'{"data":{"actor":"mch_release","name":"gcp","prefix":"platform","reason_sha256":null,"version":"1.4.0",'
    b'"wheel_sha256":"b15a2c9ce7de6dc7cb1117578c3e58a3ed0c4cb8c142d13cc453fd19a1ed8bc9"},'
    b'"datacontenttype":"application/json","id":"01938a6e-1c00-7000-8000-000000000004",'
    b'"source":"https://registry.example.com","specversion":"1.0","subject":"platform/gcp@1.4.0",'
    b'"time":"2026-11-30T07:00:00.000000Z","type":"org.provider-registry.version.yanked.v1"}'
)
CHANGES_EXAMPLE = ChangesView(
    log="registry.example.com/log", items=[FeedItemView(seq=4, event=Raw(_EVENT))], next=4, head=4
)
STREAM_EXAMPLE = server_sent_event(NumberedEntry(3, _EVENT)).decode()
CHECKPOINT_EXAMPLE = (
    "registry.example.com/log\n5\nuvhC0POeKf6zwAZPmBYWxk5MCodLEaqPgxGSKGF0VLc=\n\n"
    "\N{EM DASH} registry.example.com/log "
    "uBg0lrgqW5mqAcgWjU6+HsgecLv3oufdOAIZjVpuaAnnG2FjM03zDOt7BTqneNQEcwGh3ApihYJpnlUXAxjraqJ9xA0=\n"
)
PROOF_EXAMPLE = (
    "c2sp.org/tlog-proof@v1\nindex 2\nXuqac8taZ7tAXdhbKav+wYd8pizgr8IYw/b81DgYZ9E=\n"
    f"pelpxmMDhsPkhLTQfvcnhMYeGwfKFnB7z4Z5Q6DV7u0=\n\n{CHECKPOINT_EXAMPLE}"
)
