"""Pages that stay small, however long their texts are."""

from collections.abc import Callable
from dataclasses import dataclass

from entrypoints.http.cache.representation import Representation

MAX_PAGE = 98_000  # bytes
_ROOMS = (30_000, 12_000, 4_000, 1_000)
_FOLDED = 40  # lines of a text that no longer fit on a screen


@dataclass(frozen=True, slots=True)
class Excerpt:
    """As much of a text as there is room for, up to the end of a paragraph."""

    text: str
    is_cut: bool

    @property
    def is_long(self) -> bool:
        """Whether it is more than a screen."""
        return self.text.count("\n") > _FOLDED

    @classmethod
    def of(cls, text: str, room: int) -> "Excerpt":
        """Cut a text that is longer than so many bytes."""
        if len(text.encode()) <= room:
            return cls(text, is_cut=False)
        shown = text.encode()[:room].decode(errors="ignore")
        end = max(shown.rfind("\n\n"), shown.rfind("\n", room // 2), 0)
        return cls(shown[:end].rstrip() if end else shown, is_cut=True)


def fitted_page(make: Callable[..., Representation], template: str, **context: object) -> Representation:
    """Return a page on which long texts have as much room as a page has.

    Args:
        make: Makes a page of a template.
        template: Cuts its long texts to ``room`` bytes.
        context: What else the template shows.
    """
    found = make(template, room=_ROOMS[0], **context)
    for room in _ROOMS[1:]:
        if len(found.body) > MAX_PAGE:
            found = make(template, room=room, **context)
    return found
