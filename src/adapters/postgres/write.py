"""A part of a statement that writes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Insert, Select, Update


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """A write of one row.

    Attributes:
        part: The name of its CTE, and the prefix of its parameters.
    """

    part: str
    clause: Insert | Update | Delete | Select[Any]
