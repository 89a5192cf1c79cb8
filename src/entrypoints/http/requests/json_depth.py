"""How deep JSON nests."""

from typing import Any

_CONTAINERS = frozenset({dict, list})


def count_members(value: object, depth: int) -> int | None:
    """Return how many members all objects have together, or None if containers nest deeper.

    Goes level by level, so there is no stack to exhaust.
    """
    level: list[Any] = [[value]]
    members = 0
    for _ in range(depth + 1):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return members
        members += sum([len(container) for container in level if type(container) is dict])
    return None
