"""The long description that a wheel carries."""

import re
from dataclasses import dataclass
from email.message import Message

LONGEST_README = 256 * 1024
_MARKDOWN = "text/markdown"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Readme:
    """A text for people.

    Attributes:
        text: At most 262144 characters; a longer one is cut.
        content_type: As the wheel says, such as ``text/markdown``; the specification's default otherwise.
    """

    text: str
    content_type: str = "text/x-rst"

    @classmethod
    def of(cls, metadata: Message, body: str) -> "Readme | None":
        """Return the description of core metadata: the body behind the headers, or the older header; None without one.

        Source: PyPA core metadata specification, "Description" and "Description-Content-Type".
        """
        text = body[: LONGEST_README * 2] if body.strip() else _unfolded(metadata.get("Description", ""))
        text = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)[:LONGEST_README].strip()
        kind = str(metadata.get("Description-Content-Type", "")).partition(";")[0].strip().lower()
        known = re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,60}", kind)
        return cls(text, *([kind] if known else [])) if text else None

    @property
    def is_markdown(self) -> bool:
        """Whether to read the text as Markdown."""
        return self.content_type == _MARKDOWN


def _unfolded(header: object) -> str:
    """Undo what older tools do to the lines of a header: eight blanks, or seven and a bar."""
    return re.sub(r"\n(?: {8}| {7}\|)", "\n", str(header))
