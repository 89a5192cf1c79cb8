"""A wheel's bytes, wherever they are."""

from pathlib import Path

from application.ports.wheel_fetcher import WheelContent


def bytes_of(content: WheelContent) -> bytes:
    """Return them."""
    return content.read_bytes() if isinstance(content, Path) else content
