"""Finding one's way from a config or an output to the part of a schema that describes it."""

import json
from collections.abc import Iterator
from typing import cast

from domain.compatibility.documents import Document, Node, Part, conjuncts, key_of
from domain.compatibility.report import VersionSchemas
from domain.schemas import CanonicalJson, ResourceSchema
from domain.upgrades.configs import ConfigPath

_MAX_LEVELS = 8
_MAX_BRANCHES = 16
_REFERENCE = frozenset({"provider", "resource", "name", "field"})


class SchemaSet:
    """The schemas of one version, each decoded once."""

    def __init__(self, schemas: VersionSchemas) -> None:
        self._found: dict[str, ResourceSchema] = {}
        for schema in schemas.resources or ():
            self._found.setdefault(schema.resource, schema)
        self._found |= {schema.resource_type: schema for schema in schemas.resources or ()}
        self._nodes: dict[str, Node] = {}

    @property
    def are_known(self) -> bool:
        """Whether the version has any."""
        return bool(self._found)

    def find(self, resource: str) -> ResourceSchema | None:
        return self._found.get(resource)

    def config(self, resource: str) -> Node | None:
        """Return the schema of a resource type's config, or None."""
        found = self.find(resource)
        return None if found is None else self._node(found.config_schema)

    def outputs(self, resource: str) -> Node | None:
        """Return the schema of what a resource type returns, or None."""
        found = self.find(resource)
        return None if found is None else self._node(found.outputs_schema)

    def _node(self, schema: CanonicalJson | None) -> Node | None:
        if schema is None:
            return None
        if schema.text not in self._nodes:
            self._nodes[schema.text] = (Document.of(json.loads(schema.text)).whole,)
        return self._nodes[schema.text]


class Fields:
    """Finds the members that nodes declare.

    Alternatives count, but for those that are there for references instead of values. Caches by identity, so it must
    live no longer than the documents.
    """

    def __init__(self) -> None:
        self._known: dict[frozenset[object], tuple[tuple[Part, ...], tuple[Part, ...]]] = {}

    def parts(self, node: Node) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """Return what applies in any case, the outermost first, and what applies in one of several cases."""
        key = key_of(node)
        if key not in self._known:
            self._known[key] = self._found(node)
        return self._known[key]

    def _found(self, node: Node) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        certain = tuple(conjuncts(node))
        possible: list[Part] = []
        level = certain
        for _ in range(_MAX_LEVELS):
            branches = [branch for part in level for branch in _branches(part)]
            level = tuple(inner for branch in branches[:_MAX_BRANCHES] for inner in conjuncts((branch,)))
            possible += [part for part in level if not _is_for_references(part)][: _MAX_BRANCHES - len(possible)]
            if not level or len(possible) >= _MAX_BRANCHES:
                break
        return certain, tuple(possible)

    def all(self, node: Node) -> tuple[Part, ...]:
        """Return all parts that may apply to a value of the node."""
        certain, possible = self.parts(node)
        return certain + possible

    def member(self, node: Node, step: str | int) -> Node | None:
        """Return what describes a member or an item; None if nothing does."""
        found = tuple(child for part in self.all(node) for child in _children(part, step))
        return found or None

    def is_clear(self, node: Node, step: str | int) -> bool:
        """Tell whether all that describes a member applies to it in any case, or is the one alternative that does."""
        certain, possible = self.parts(node)
        certain_count = sum(bool(_children(part, step)) for part in certain)
        possible_count = sum(bool(_children(part, step)) for part in possible)
        return possible_count == 0 or (certain_count == 0 and possible_count == 1)

    def clear_field(self, node: Node, path: ConfigPath) -> Node | None:
        """Return what describes the value at a path, or None if that is not plain."""
        for step in path:
            child = self.member(node, step)
            if child is None or not self.is_clear(node, step):
                return None
            node = child
        return node

    def declared(self, node: Node) -> set[str]:
        """Return the names of all members that have a schema of their own."""
        return {name for part in self.all(node) for name in _properties(part)}

    def required(self, node: Node) -> set[str]:
        """Return the names of the members that must be there, whatever the case."""
        certain, possible = self.parts(node)
        objects = [part for part in possible if "properties" in part.keywords]
        parts = certain if len(objects) != 1 else (*certain, objects[0])
        return {name for part in parts for name in _names(part.keywords.get("required"))}

    def takes_any(self, node: Node) -> bool:
        """Tell whether members without a schema of their own have a meaning."""
        return any(
            part.keywords.get("additionalProperties", False) is True
            or part.keywords.get("unevaluatedProperties", False) is True
            or bool(part.named("patternProperties"))
            for part in self.all(node)
        )

    def has(self, node: Node, flag: str) -> bool:
        return any(part.keywords.get(flag) is True for part in self.all(node))


def _branches(part: Part) -> Iterator[Part]:
    for keyword in ("anyOf", "oneOf"):
        yield from part.listed(keyword)


def _is_for_references(part: Part) -> bool:
    return _properties(part).keys() >= _REFERENCE


def _children(part: Part, step: str | int) -> list[Part]:
    if isinstance(step, int):
        items = part.under("items")
        return [] if items is None else [items]
    declared = _properties(part).get(step)
    if isinstance(declared, dict | bool):
        return [Part(part.document, declared, (*part.place, "properties", step))]
    rest = part.under("additionalProperties")
    return [rest] if rest is not None and isinstance(rest.schema, dict) else []


def _properties(part: Part) -> dict[str, object]:
    found = part.keywords.get("properties")
    return found if isinstance(found, dict) else {}


def _names(value: object) -> list[str]:
    return cast("list[str]", [name for name in value if isinstance(name, str)]) if isinstance(value, list) else []
