"""Parts of a schema document, and where its references lead."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TypeAlias, cast
from urllib.parse import unquote

from domain.compatibility.budget import MAX_LEVELS
from domain.json_schema.drafts import DEFAULT_DRAFT, DEFINITIONS, Draft, Pointer, draft_of, subschemas

MAX_CONJUNCTS = 256
# Keywords that hold a schema, a list of schemas, or schemas by name; definitions apply to nothing by themselves.
SINGLE = frozenset({
    *("additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not"),
    *("propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
})  # fmt: skip
LISTED = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
NAMED = frozenset({"dependencies", "dependentSchemas", "patternProperties", "properties"})
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class TooEntangledError(Exception):
    """A schema refers to more parts of itself than are followed."""


def spelling(value: object) -> str:
    """Return the canonical text of a decoded canonical document: equal values, and they alone, have equal texts."""
    return _ENCODER.encode(value)


@dataclass(frozen=True, eq=False)
class Document:
    """A whole schema."""

    root: object
    draft: Draft
    digests: dict[int, str | None] = field(default_factory=dict, repr=False)
    applied: "dict[int, tuple[Part, ...]]" = field(default_factory=dict, repr=False)
    targets: "dict[str, Part | None]" = field(default_factory=dict, repr=False)
    children: "dict[tuple[int, str], Sequence[Part]]" = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, root: object) -> "Document":
        """Take a decoded schema; of an unknown draft it is read as of the default one."""
        draft = draft_of(root) if isinstance(root, dict) else None
        return cls(root, draft or DEFAULT_DRAFT)

    @property
    def whole(self) -> "Part":
        """The document as a part of itself."""
        return Part(self, self.root, ())

    @property
    def year(self) -> int:
        """The draft as a number that grows: 4, 6, 7, 2019, 2020."""
        return int(self.draft.name.partition("-")[0])

    @cached_property
    def anchors(self) -> Mapping[str, tuple[object, Pointer] | None]:
        """Parts that have a name; None for a name that several have."""
        if not isinstance(self.root, dict):
            return {}
        found: dict[str, tuple[object, Pointer] | None] = {}
        for place, part in subschemas(self.root, self.draft):
            for keyword in self.draft.anchors:
                name = part.get(keyword)
                if isinstance(name, str):
                    name, there = name.removeprefix("#"), (part, place)
                    known = found.setdefault(name, there)
                    found[name] = there if known is not None and known[0] is part else None
        return found

    def resolve(self, reference: object) -> "Part | None":
        """Return what a reference leads to, or None."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        if reference not in self.targets:
            self.targets[reference] = self._resolved(reference)
        return self.targets[reference]

    def _resolved(self, reference: str) -> "Part | None":
        fragment = unquote(reference[1:])
        if not fragment:
            return self.whole
        if not fragment.startswith("/"):
            found = self.anchors.get(fragment)
            return None if found is None else Part(self, *found)
        steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in fragment[1:].split("/"))
        return self._at(steps)

    def _at(self, steps: Pointer) -> "Part | None":
        value = self.root
        for step in steps:
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return Part(self, value, steps) if isinstance(value, dict | bool) else None


@dataclass(frozen=True, eq=False)
class Part:
    """A schema inside a document, with its place."""

    document: Document = field(repr=False)
    schema: object
    place: Pointer

    @cached_property
    def key(self) -> object:
        """Identifies the part for as long as its document lives."""
        return id(self.schema) if isinstance(self.schema, dict) else bool(self.schema)

    @cached_property
    def digest(self) -> str | None:
        """Equal for parts that are written alike and refer to what is written alike; None if it refers to itself."""
        return self._digest(0)

    def _digest(self, level: int) -> str | None:
        key = id(self.schema)
        digests = self.document.digests
        if level > MAX_LEVELS:
            return None
        if key not in digests:
            digests[key] = None  # as long as it is under way
            digests[key] = self._digested(level)
        return digests[key]

    def _digested(self, level: int) -> str | None:
        text = spelling(self.schema)
        found = [self.document.draft.name, text]
        if '"$ref"' in text or "Ref" in text:
            for place, part in _subschemas(self.schema, self.document.draft):
                if place and place[0] in DEFINITIONS:
                    continue
                for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
                    target = self.document.resolve(part[keyword]) if keyword in part else None
                    digest = "" if target is None else target._digest(level + 1)  # noqa: SLF001 -- of its own kind
                    if digest is None:
                        return None
                    found.append(digest)
        return sha256("\0".join(found).encode()).hexdigest()

    @cached_property
    def keywords(self) -> Mapping[str, object]:
        """The keywords that have effect."""
        if not isinstance(self.schema, dict):
            return {}
        if self.document.draft.lone_references and "$ref" in self.schema:
            return {"$ref": self.schema["$ref"]}
        return cast("Mapping[str, object]", self.schema)

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer."""
        return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in self.place)

    def under(self, keyword: str) -> "Part | None":
        """Return the schema of a keyword, or None."""
        value = self.keywords.get(keyword)
        return Part(self.document, value, (*self.place, keyword)) if isinstance(value, dict | bool) else None

    def listed(self, keyword: str) -> "Sequence[Part]":
        """Return the schemas that a keyword lists."""
        value = self.keywords.get(keyword)
        if not isinstance(value, list):
            return ()
        return self._children(keyword, ((str(index), schema) for index, schema in enumerate(value)))

    def named(self, keyword: str) -> "dict[str, Part]":
        """Return the schemas to which a keyword gives names."""
        value = self.keywords.get(keyword)
        if not isinstance(value, dict):
            return {}
        return {child.place[-1]: child for child in self._children(keyword, value.items())}

    def _children(self, keyword: str, schemas: Iterable[tuple[str, object]]) -> "Sequence[Part]":
        """Return the same parts each time, since they remember what they mean."""
        known, key = self.document.children, (id(self.schema), keyword)
        if key not in known:
            known[key] = tuple(
                Part(self.document, schema, (*self.place, keyword, step))
                for step, schema in schemas
                if isinstance(schema, dict | bool)
            )
        return known[key]


def _subschemas(schema: object, draft: Draft) -> Sequence[tuple[Pointer, Mapping[str, object]]]:
    return subschemas(schema, draft) if isinstance(schema, dict) else ()


Node: TypeAlias = tuple[Part, ...]
"""Schemas that apply together to one value; none at all allows everything."""


def key_of(node: Node) -> frozenset[object]:
    """Identify a node, whatever the order of its parts."""
    return frozenset(part.key for part in node)


def conjuncts(node: Node) -> list[Part]:
    """Return all parts that apply to the value of a node, references and ``allOf`` followed, each once."""
    found: dict[object, Part] = {}
    waiting = list(reversed(node))
    while waiting:
        part = waiting.pop()
        if part.key in found:
            continue
        found[part.key] = part
        if len(found) > MAX_CONJUNCTS:
            raise TooEntangledError
        if isinstance(part.schema, dict):
            key = id(part.schema)
            if key not in part.document.applied:
                once = {applied.key: applied for applied in _applied(part)}  # `true` a thousand times is one part
                part.document.applied[key] = tuple(reversed(once.values()))
            waiting += part.document.applied[key]
    return list(found.values())


def _applied(part: Part) -> Iterator[Part]:
    for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
        if keyword in part.keywords:
            target = part.document.resolve(part.keywords[keyword])
            if target is None:
                raise TooEntangledError
            yield target
    yield from part.listed("allOf")
    test = part.keywords.get("if")
    consequence = part.under("else" if test is False else "then")
    if test in (True, False, {}) and consequence is not None and part.document.year >= 7:
        yield consequence
