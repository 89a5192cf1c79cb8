"""The rows of a table of fields, and what one page of them may cost."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A field.

    Attributes:
        parents: The fields that contain it, such as ``network.subnets[].``; empty at the top level.
        alternative: The alternative of its object to which it belongs, such as ``A``; empty if it is always there.
        kind: Its type, in words.
        values: The allowed values, as JSON; empty if any value is.
        bounds: The other constraints on a value, in words.
        default: As JSON; None without one.
        examples: As JSON.
    """

    parents: str
    name: str
    kind: str
    required: bool
    description: str
    values: tuple[str, ...] = ()
    bounds: str = ""
    default: str | None = None
    examples: tuple[str, ...] = ()
    alternative: str = ""
    immutable: bool = False
    sensitive: bool = False
    deprecated: bool = False

    @property
    def length(self) -> int:
        """How many bytes its texts take on a page."""
        texts = (self.parents, self.alternative, self.name, self.kind, self.description, self.bounds)
        return sum(map(shown_length, (*texts, self.default or "", *self.values, *self.examples)))

    @property
    def path(self) -> str:
        """Its name with those of the fields that contain it."""
        return f"{self.parents}{self.name}"


def shown_length(text: str) -> int:
    """Return how many bytes a text takes on a page: a character may take four, and a quote five."""
    return len(escape(text).encode())


_PIECES = 16  # of a row's values take as much markup as the row


@dataclass
class Budget:
    """What one page may still cost: schemas to visit, and bytes to show.

    Attributes:
        markup: Bytes that a row takes beside its texts.
    """

    visits: int = 5_000
    length: int = 300_000
    markup: int = 0

    def visit(self) -> bool:
        """Count one schema; False if there was none left."""
        self.visits -= 1
        return not self.is_spent

    def show(self, row: Row) -> bool:
        """Count the bytes of a row; False if it does not fit any more."""
        pieces = len(row.values) + len(row.examples)
        self.length -= row.length + self.markup + pieces * (self.markup // _PIECES)
        return not self.is_spent

    @property
    def is_spent(self) -> bool:
        """Whether something was left out."""
        return self.visits < 0 or self.length < 0
