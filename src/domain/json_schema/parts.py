"""A part of a schema document together with what its references lead to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

_MAX_POINTER = 64  # steps of one reference
_MAX_HOPS = 16  # schemas in one chain of references
NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A schema and the schemas that its references lead to, the nearest first.

    What stands beside a reference goes before what the reference names. Nothing is copied: a lookup asks each in turn.
    """

    chain: Sequence[Mapping[str, object]]

    def get(self, keyword: str, default: object = None) -> object:
        return next((schema[keyword] for schema in self.chain if keyword in schema), default)

    def __contains__(self, keyword: object) -> bool:
        return any(keyword in schema for schema in self.chain)

    def list(self, keyword: str) -> Sequence[object]:
        value = self.get(keyword)
        return value if isinstance(value, list) else ()

    def mapping(self, keyword: str) -> Mapping[str, object]:
        value = self.get(keyword)
        return value if isinstance(value, Mapping) else NOTHING

    def text(self, keyword: str, longest: int) -> str:
        value = self.get(keyword)
        return cut(value, longest) if isinstance(value, str) else ""

    def is_marked(self, mark: str) -> bool:
        return self.get(mark) is True or self.get(f"x-{mark}") is True


def find(document: object, reference: str) -> Mapping[str, object]:
    """Return what a reference within the document leads to; an empty schema if it leads nowhere."""
    found = document
    for step in unquote(reference.removeprefix("#")).split("/", _MAX_POINTER)[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            found = found.get(key)
        elif isinstance(found, list) and key.isdecimal() and len(key) < 9 and int(key) < len(found):
            found = found[int(key)]
        else:
            return NOTHING
    return found if isinstance(found, Mapping) else NOTHING


def follow(schema: Mapping[str, object], find: Callable[[str], Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """Yield a schema and those that its references lead to, as far as a reader of the document would follow.

    Args:
        schema: Where to begin.
        find: Looks a reference up.
    """
    for _ in range(_MAX_HOPS):
        yield schema
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return
        schema = find(reference)


def within(parents: str, step: str) -> str:
    """Return the parents of the fields that one gets to by a step, such as ``[].``."""
    return f"{parents.removesuffix('.')}{step}".removeprefix(".")


def inner_schemas(schema: Resolved) -> Iterator[tuple[str, object]]:
    """Yield how one gets to further schemas that contain fields, and those schemas."""
    if "items" in schema:
        yield "[].", schema.get("items")
    yield from ((f"[{index}].", item) for index, item in enumerate(schema.list("prefixItems")))
    if "additionalProperties" in schema:
        yield ".*.", schema.get("additionalProperties")


def names(required: Sequence[object]) -> Iterator[str]:
    return (name for name in required if isinstance(name, str))


def cut(text: str, longest: int) -> str:
    """Return a text, or its beginning with an ellipsis."""
    return text if len(text) <= longest else f"{text[:longest]}…"
