"""How deep JSON nests."""

from typing import Any

_CONTAINERS = frozenset({dict, list})


def nests_within(value: object, depth: int) -> bool:
    """Tell whether containers nest no deeper; goes level by level, so there is no stack to exhaust."""
    level: list[Any] = [[value]]
    for _ in range(depth + 1):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return True
    return False
