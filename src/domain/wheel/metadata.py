"""Core metadata of a wheel: header fields and the long description."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from packaging.specifiers import SpecifierSet

from domain.errors import WheelProblem, WheelRefusedError

LONGEST_FIELD = 2000
MAX_HEADER_BYTES = 1024 * 1024
_BLANK_LINE = re.compile(rb"(?>\r\n|\r|\n)[\r\n]")


def headers(data: bytes, *, file: str) -> Message:
    """Read the headers of core metadata, which is UTF-8; the parser of whole messages recurses without bound.

    Raises:
        WheelRefusedError: They are so large that holding them would take a hundred times their size.
    """
    end = _BLANK_LINE.search(data)
    head = data[: end.end()] if end else data
    if len(head) > MAX_HEADER_BYTES:
        raise WheelRefusedError(
            WheelProblem.METADATA_INVALID,
            f"the headers of the wheel's {file} file take more than {MAX_HEADER_BYTES} bytes; "
            "put the description into the body, behind a blank line",
        )
    return HeaderParser().parsestr(head.decode("utf-8", "replace"))


def body(data: bytes) -> str:
    """Return what follows the headers; empty where nothing does."""
    end = _BLANK_LINE.search(data)
    return data[end.end() :].decode("utf-8", "replace") if end else ""


def field(message: Message, name: str) -> str | None:
    """Return a header's text without folding and control characters."""
    value = message.get(name)
    if value is None:
        return None
    return "".join(character if character.isprintable() else " " for character in value).strip()


def requires_python(metadata: Message) -> str | None:
    """Return the field if installers can read it; an unreadable one is common and harmless, so it is dropped."""
    text = field(metadata, "Requires-Python") or ""
    try:
        return str(SpecifierSet(text)) or None if len(text) <= LONGEST_FIELD else None
    except ValueError:  # InvalidSpecifier, or int() declining more than 4300 digits
        return None


def quoted(value: str) -> str:
    """Return hostile text in a form that fits into a sentence."""
    return repr(value if len(value) <= 100 else f"{value[:100]}…")


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
        return self.content_type == _MARKDOWN


def _unfolded(header: object) -> str:
    """Undo what older tools do to the lines of a header: eight blanks, or seven and a bar."""
    return re.sub(r"\n(?: {8}| {7}\|)", "\n", str(header))
