"""What the pages show of the transparency log."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from application.use_cases.logged_releases import LogPlace
from application.use_cases.read_log import Changes
from domain.log.checkpoints import Checkpoint
from domain.log.notes import Note
from domain.versions import ProviderVersion
from entrypoints.presenters.log_entries import LoggedEvent, logged_event

_THIS_REGISTRY = "https://<this registry>"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """The log, and some of its entries, newest first.

    Attributes:
        note: The newest checkpoint as it is signed.
        keys: The beginnings of the verifier keys of those that signed it.
        start: The index of the oldest entry that is shown.
        step: How many entries a page shows.
    """

    note: str
    checkpoint: Checkpoint
    keys: Sequence[str]
    command: str
    entries: Sequence[tuple[int, LoggedEvent]]
    start: int
    step: int

    @classmethod
    def of(cls, written: bytes, changes: Changes, *, registry_url: str | None, step: int) -> Self:
        note = Note.parse(written)
        entries = [(item.index, logged_event(item)) for item in reversed(changes.items)]
        return cls(
            note=written.decode(),
            checkpoint=Checkpoint.parse(note.text),
            keys=key_beginnings(note),
            command=verify_command(registry_url),
            entries=entries,
            start=entries[-1][0] if entries else 0,
            step=step,
        )

    @property
    def older(self) -> str | None:
        """The query that leads to older entries; None if there are none."""
        return f"after={max(0, self.start - self.step)}" if self.start else None

    @property
    def newer(self) -> str | None:
        """The query that leads to newer entries; None if there are none."""
        following = self.start + len(self.entries)
        return f"after={following}" if following < self.checkpoint.size else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlaceView:
    """Where a version is in the log.

    Attributes:
        keys: The beginnings of the verifier keys of the log.
        command: What verifies it, for a shell.
    """

    place: LogPlace
    keys: Sequence[str]
    command: str

    @classmethod
    def of(cls, place: LogPlace, version: ProviderVersion, *, registry_url: str | None) -> Self:
        wheel = ["--wheel", version.wheel.filename] if version.wheel else []
        command = verify_command(registry_url, "--version", f"{version.name}@{version.version}", *wheel)
        return cls(place=place, keys=key_beginnings(place.note), command=command)

    @property
    def root(self) -> str:
        """The root of the tree, as the checkpoint writes it."""
        return self.place.checkpoint.text.split("\n")[2]


def verify_command(registry_url: str | None, *arguments: str) -> str:
    """Return what verifies the log; the key comes from elsewhere, so it is left to a variable."""
    url = shlex.quote(registry_url or _THIS_REGISTRY)
    return " ".join(["provider-registry log verify", url, '--key "$LOG_KEY"', *map(shlex.quote, arguments)])


def key_beginnings(note: Note) -> Sequence[str]:
    """Return how the verifier keys of a note's signatures begin."""
    return [f"{signature.name}+{signature.key_id.hex()}+" for signature in note.signatures]
