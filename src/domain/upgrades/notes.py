"""What a version means for a config beyond refusing it."""

from collections.abc import Set as AbstractSet

from domain.compatibility.documents import Node, spelling
from domain.upgrades.answers import Note, NoteKind
from domain.upgrades.configs import ConfigPath, is_reference
from domain.upgrades.schemas import Fields

MAX_NOTES = 50
_MAX_VISITED = 2_000
_MAX_SHOWN = 100


class NoteFinder:
    """Walks configs along the schemas of two versions; 2,000 members at most.

    Args:
        fields: Finds the members that schemas declare.
    """

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._visits = _MAX_VISITED

    def find(self, config: object, new: Node, old: Node | None, refused: AbstractSet[ConfigPath]) -> tuple[Note, ...]:
        """Return what there is to know, 50 notes at most.

        Args:
            config: A plain config.
            new: The schema of the target.
            old: The schema of the version before, if there is one.
            refused: Paths of objects that are refused for members that they have.
        """
        notes: list[Note] = []
        waiting: list[tuple[object, Node, Node | None, ConfigPath]] = [(config, new, old, ())]
        while waiting and len(notes) < MAX_NOTES:
            value, after, before, path = waiting.pop()
            if isinstance(value, list):
                steps: list[tuple[str | int, object]] = list(enumerate(value))
            elif isinstance(value, dict) and not is_reference(value):
                steps = list(value.items())
                notes += self._defaults(value, after, before, path)
            else:
                continue
            for step, child in steps:
                self._visits -= 1
                if self._visits < 0:
                    return tuple(notes[:MAX_NOTES])
                place = (*path, step)
                declared = self._fields.member(after, step)
                earlier = None if before is None else self._fields.member(before, step)
                if declared is None:
                    if earlier is not None and path not in refused and isinstance(step, str):
                        notes += self._ignored(after, place)
                    continue
                if isinstance(step, str):
                    notes += self._flags(declared, earlier, place)
                waiting.append((child, declared, earlier, place))
        return tuple(sorted(notes, key=lambda note: (note.kind, str(note.path)))[:MAX_NOTES])

    def _ignored(self, node: Node, path: ConfigPath) -> list[Note]:
        if self._fields.takes_any(node):
            return []
        return [Note(NoteKind.IGNORED, path, "it is no longer read; setting it does nothing")]

    def _flags(self, new: Node, old: Node | None, path: ConfigPath) -> list[Note]:
        notes = []
        if self._fields.has(new, "deprecated"):
            notes.append(Note(NoteKind.DEPRECATED, path, "it is deprecated"))
        if old is not None and self._fields.has(new, "immutable") and not self._fields.has(old, "immutable"):
            notes.append(Note(NoteKind.IMMUTABLE, path, "it can no longer be changed once the resource exists"))
        return notes

    def _defaults(self, value: dict[str, object], new: Node, old: Node | None, path: ConfigPath) -> list[Note]:
        if old is None:
            return []
        names = (self._fields.declared(new) & self._fields.declared(old)) - value.keys() - self._fields.required(new)
        notes = []
        for name in sorted(names):
            was, now = (self._default(self._fields.member(node, name)) for node in (old, new))
            if was != now:
                message = f"it is left out, and its default was {was[:_MAX_SHOWN]} and is {now[:_MAX_SHOWN]}"
                notes.append(Note(NoteKind.DEFAULT_CHANGED, (*path, name), message))
        return notes

    def _default(self, node: Node | None) -> str:
        """Return it as JSON; null is the same as none."""
        parts = () if node is None else self._fields.all(node)
        return next((spelling(part.keywords["default"]) for part in parts if "default" in part.keywords), "null")
