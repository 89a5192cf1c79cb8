"""A part of a statement that writes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Insert, Select, Update


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """One CTE of a statement that writes: an INSERT, UPDATE or DELETE, or a SELECT that stands for one.

    Attributes:
        part: The name of its CTE, and the prefix of its parameters.
    """

    part: str
    clause: Insert | Update | Delete | Select[Any]
