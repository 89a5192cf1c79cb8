"""The rows of a table of fields, and what one page of them may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A field.

    Attributes:
        parents: The fields that contain it, such as ``network.subnets[].``; empty at the top level.
        kind: Its type, in words.
        values: The allowed values, as JSON; empty if any value is.
        bounds: The other constraints on a value, in words.
        default: As JSON; None without one.
    """

    parents: str
    name: str
    kind: str
    required: bool
    description: str
    values: tuple[str, ...] = ()
    bounds: str = ""
    default: str | None = None
    immutable: bool = False
    sensitive: bool = False
    deprecated: bool = False

    @property
    def length(self) -> int:
        """How many characters its texts have."""
        texts = (self.parents, self.name, self.kind, self.description, self.bounds, self.default or "", *self.values)
        return sum(map(len, texts))


@dataclass
class Budget:
    """What one page may still cost: schemas to visit, and characters to show."""

    visits: int = 5_000
    characters: int = 300_000

    def visit(self) -> bool:
        """Count one schema; False if there was none left."""
        self.visits -= 1
        return not self.is_spent

    def show(self, row: Row) -> bool:
        """Count the characters of a row; False if it does not fit any more."""
        self.characters -= row.length
        return not self.is_spent

    @property
    def is_spent(self) -> bool:
        """Whether something was left out."""
        return self.visits < 0 or self.characters < 0
