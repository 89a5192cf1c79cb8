"""Reading the header files of a ``*.dist-info`` folder."""

from email.message import Message
from email.parser import HeaderParser

from packaging.specifiers import SpecifierSet

LONGEST_FIELD = 2000


def headers(data: bytes) -> Message:
    """Read core metadata, which is UTF-8, as headers; the parser of whole messages recurses without bound."""
    return HeaderParser().parsestr(data.decode("utf-8", "replace"))


def field(message: Message, name: str) -> str | None:
    """Return a header's text without folding and control characters."""
    value = message.get(name)
    if value is None:
        return None
    return "".join(character if character.isprintable() else " " for character in value).strip()


def requires_python(metadata: Message) -> str | None:
    """Return the field if installers can read it; an unreadable one is common and harms nobody, so it is dropped."""
    text = field(metadata, "Requires-Python") or ""
    try:
        return str(SpecifierSet(text)) or None if len(text) <= LONGEST_FIELD else None
    except ValueError:  # InvalidSpecifier, or int() declining more than 4300 digits
        return None


def quoted(value: str) -> str:
    """Return hostile text in a form that fits into a sentence."""
    return repr(value if len(value) <= 100 else f"{value[:100]}…")
