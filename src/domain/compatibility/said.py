"""What is said anywhere in a schema beside what is valid."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from domain.compatibility.annotations import FLAGS, dependency_of, unknown_keywords
from domain.compatibility.documents import LISTED, NAMED, SINGLE, Part, spelling

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
Said = AbstractSet[tuple[str, str]]
"""Keywords, and the canonical texts of their values."""


def said(whole: Part, *, most: int | None = None) -> Said:
    """Return what is said of any value of a schema: flags, defaults, targets of dependencies, unknown keywords.

    References are followed, and definitions that nothing refers to are left out.

    Args:
        whole: Where to begin.
        most: The greatest number of schemas that are looked at; if there are more, it counts how they are written.
    """
    found: set[tuple[str, str]] = set()
    waiting, seen = [whole], {whole.key}
    for part in waiting:  # which grows meanwhile
        if most is not None and len(waiting) > most:
            return {("", whole.digest or whole.pointer)}
        found.update(_of(part))
        for inner in _inside(part):
            if inner.key not in seen:
                seen.add(inner.key)
                waiting.append(inner)
    return found


def _of(part: Part) -> Iterator[tuple[str, str]]:
    yield from ((flag, "true") for flag in FLAGS if part.keywords.get(flag) is True)
    if "default" in part.keywords:
        yield "default", spelling(part.keywords["default"])
    dependency = dependency_of(part)
    if dependency is not None:
        yield "title", dependency
    yield from unknown_keywords(part)


def _inside(part: Part) -> Iterator[Part]:
    for keyword in part.keywords:
        if keyword in _REFERENCES:
            target = part.document.resolve(part.keywords[keyword])
            if target is not None:
                yield target
        if keyword in SINGLE:
            found = part.under(keyword)
            if found is not None:
                yield found
        if keyword in LISTED:
            yield from part.listed(keyword)
        if keyword in NAMED:
            yield from part.named(keyword).values()
