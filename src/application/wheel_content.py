"""Where a wheel's bytes are."""

from pathlib import Path
from typing import TypeAlias

WheelContent: TypeAlias = bytes | Path
"""The bytes themselves where they are few; else a file that holds them."""
