"""Keywords that allow and refuse nothing, and what they mean all the same."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from domain.compatibility.documents import Part, spelling

TEXTS = frozenset({
    *("title", "description", "examples", "example", "$comment", "externalDocs", "xml", "discriminator"),
    *("contentMediaType", "contentEncoding", "contentSchema"),
})  # fmt: skip
_GENERATED = frozenset({"title", "discriminator"})
"""What generators write by themselves, and differently in each version of theirs."""
FLAGS = ("deprecated", "readOnly", "writeOnly", "immutable", "sensitive", "nullable")
_ALWAYS = frozenset({
    *("$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$defs", "definitions"),
    *("$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "not", "type", "enum", "default"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"),
    *("format", "items", "minItems", "maxItems", "uniqueItems", "properties", "patternProperties"),
    *("additionalProperties", "required", "minProperties", "maxProperties"),
})  # fmt: skip
_SINCE: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("const", "contains", "propertyNames"), (6, 9999)),
    **dict.fromkeys(("if", "then", "else"), (7, 9999)),
    **dict.fromkeys(
        ("dependentRequired", "dependentSchemas", "minContains", "maxContains", "unevaluatedItems",
         "unevaluatedProperties"), (2019, 9999)),
    "prefixItems": (2020, 9999),
    "additionalItems": (4, 2019),
    "dependencies": (4, 7),
}  # fmt: skip
"""The first and last draft that knows a keyword; 2020-12 ends additionalItems, 2019-09 dependencies."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is said of a value beside what it may be.

    Attributes:
        flags: The keywords that are true.
        dependency: The title that names the target of a dependency, or None.
        texts: All texts, as canonical text.
        unknown: Unknown keywords, as canonical text.
    """

    flags: frozenset[str]
    dependency: str | None
    texts: str
    unknown: str


def annotations(parts: Sequence[Part], branches: Sequence[Part], tested: AbstractSet[tuple[str, str]]) -> Annotations:
    """Collect annotations of all parts that apply to a value.

    Args:
        parts: What applies in any case, the outermost first.
        branches: What applies in one of several cases; their flags count as well.
        tested: What is said in schemas that are compared by sets of values alone.
    """
    texts: dict[str, object] = {}
    unknown: set[tuple[str, str]] = set(tested)
    dependency: str | None = None
    flags: set[str] = set()
    for part in (*parts, *branches):
        dependency = dependency or dependency_of(part)
        flags.update(flag for flag in FLAGS if part.keywords.get(flag) is True)
    for part in parts:
        for keyword, value in part.keywords.items():
            if keyword not in _GENERATED and _is_text(keyword):
                texts.setdefault(keyword, value)
    for part in (*parts, *branches):
        unknown.update(unknown_keywords(part))
    return Annotations(frozenset(flags), dependency, spelling(texts), spelling(sorted(unknown)))


def dependency_of(part: Part) -> str | None:
    """Return the title that names the target of a dependency, or None."""
    title = part.keywords.get("title")
    return title if isinstance(title, str) and title.startswith("Dependency[") else None


def unknown_keywords(part: Part) -> Iterator[tuple[str, str]]:
    """Return the keywords of a part that no draft knows, each with its value as canonical text."""
    for keyword, value in part.keywords.items():
        if not is_known(keyword, part.document.year) and not _is_text(keyword) and keyword not in FLAGS:
            yield keyword, spelling(value)


def _is_text(keyword: str) -> bool:
    return keyword in TEXTS or keyword.startswith("x-")


def is_known(keyword: str, year: int) -> bool:
    """Tell whether a draft knows a keyword."""
    first, last = _SINCE.get(keyword, (0, 9999) if keyword in _ALWAYS else (1, 0))
    return first <= year <= last
