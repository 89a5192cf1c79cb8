"""Its one resource."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Greeting:
    """A greeting for one person."""

    name: str

    @property
    def message(self) -> str:
        """What the resource returns."""
        return f"Hello, {self.name}!"
