"""The resource types of a version as lists of links."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.schemas import ResourceSchema
from domain.versions import ProviderVersion
from entrypoints.http.pages.resources import resource_path

_MAX_CHARACTERS = 40_000
_MARKUP = 100  # what a link takes beside its texts
_SUMMARY = 160
_SUMMARISED = 100  # of more resource types, only the names are shown
_BEGINNING = re.compile(r"[^/_.-]+(?=[/_.-])")


@dataclass(frozen=True, slots=True)
class ResourceLink:
    """A resource type and the address of its page."""

    name: str
    path: str
    summary: str


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """Resource types whose names begin alike; of those that have nothing in common, the name is empty."""

    name: str
    links: Sequence[ResourceLink]


@dataclass(frozen=True, slots=True)
class ResourceList:
    """The resource types of a version.

    Attributes:
        left_out: How many there are beyond what a page holds.
    """

    total: int
    groups: Sequence[ResourceGroup]
    left_out: int

    @classmethod
    def of(cls, version: ProviderVersion) -> "ResourceList":
        """List those of a version in groups, as many as a page holds."""
        schemas = tuple(version.announcement.schemas or ())
        links: list[ResourceLink] = []
        left = _MAX_CHARACTERS
        for schema in schemas:
            path = resource_path(version.name, version.version, schema.resource_type)
            link = ResourceLink(schema.resource_type, path, _summary(schema) if len(schemas) <= _SUMMARISED else "")
            left -= len(link.name) + len(path) + len(link.summary) + _MARKUP
            if left < 0:
                break
            links.append(link)
        return cls(len(schemas), _grouped(links), len(schemas) - len(links))


def _summary(schema: ResourceSchema) -> str:
    line = (schema.description or "").strip().partition("\n")[0]
    return line if len(line) <= _SUMMARY else f"{line[:_SUMMARY]}…"


def _grouped(links: Iterable[ResourceLink]) -> Sequence[ResourceGroup]:
    by_beginning: dict[str, list[ResourceLink]] = {}
    for link in links:
        found = _BEGINNING.match(link.name)
        by_beginning.setdefault(found[0] if found else link.name, []).append(link)
    alone = [link for group in by_beginning.values() if len(group) == 1 for link in group]
    groups = [ResourceGroup(name, group) for name, group in sorted(by_beginning.items()) if len(group) > 1]
    return [*groups, ResourceGroup("", alone)] if alone else groups
