"""What the page of one resource type shows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from urllib.parse import quote

from domain.catalog import CatalogEntry
from domain.examples import example_config
from domain.field_origins import FieldPath, Origins
from domain.json_schema.parts import cut
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema
from domain.semver import SemVer
from domain.versions import ProviderVersion
from entrypoints.http.pages.field_rows import Budget, Row, shown_length
from entrypoints.http.pages.fields import SchemaReader
from entrypoints.http.pages.yaml_texts import yaml_text

_MAX_LENGTH = 70_000  # bytes; a page stays under 100 kB
MAX_DESCRIPTION = 2_000
_MAX_ANCHOR = 100
_MARKUP = 420  # what a row takes beside its texts
_EXAMPLE = "example"
_ODD = re.compile(r"[^A-Za-z0-9_.-]+")
_STEPS_INSIDE = re.compile(r"(?:\[[0-9]*\]|\.\*)*\.$")


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a table.

    Attributes:
        anchor: Its id on the page.
        inside: The id of the section with the fields inside it; empty without one.
        since: The version since which it is there, if it came later than the resource type.
    """

    row: Row
    anchor: str
    inside: str
    since: SemVer | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of one object, or of one of its alternatives.

    Attributes:
        path: Where the object is; empty for the outermost one.
        alternative: Which of its alternatives this is; empty if there is no choice.
    """

    anchor: str
    path: str
    alternative: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Part:
    """The configuration or the outputs of a resource type.

    Attributes:
        name: What anchors begin with.
        is_cut: Whether there are more fields than the page holds.
    """

    name: str
    sections: Sequence[Section]
    is_cut: bool


@dataclass(frozen=True, kw_only=True)
class ResourcePage:
    """A resource type of one version.

    Attributes:
        choices: Versions to switch to, newest first.
        origins: Since when its fields are there; None if that is not known now.
        base_url: Where people reach the registry; empty if that is not configured.
    """

    entry: CatalogEntry
    version: ProviderVersion
    schema: ResourceSchema
    choices: Sequence[ProviderVersion]
    origins: Origins | None = None
    base_url: str = ""

    @property
    def provider(self) -> ProviderName:
        """The provider that has it."""
        return self.version.name

    @property
    def latest(self) -> SemVer | None:
        """The latest version, if this is another one."""
        return None if self.entry.latest == self.version.version else self.entry.latest

    @property
    def since(self) -> SemVer | None:
        """The version since which the resource type is there; None if that is not known."""
        found = None if self.origins is None else self.origins.of(self.schema.resource_type)
        return None if found is None else found.since

    @property
    def path(self) -> str:
        """The address of this page, of this very version."""
        return resource_path(self.provider, self.version.version, self.schema.resource_type)

    @property
    def document_path(self) -> str:
        """Where the JSON Schema is read."""
        version = quote(self.version.version.text, safe="+")
        return f"/providers/{self.provider}/versions/{version}/schemas/{quote(self.schema.resource_type, safe='/')}"

    @property
    def description(self) -> str:
        """What the schema says of it, as far as a page holds it."""
        return cut(self.schema.description or "", MAX_DESCRIPTION)

    @cached_property
    def parts(self) -> Sequence[Part]:
        """What it takes and what it returns, as far as there are schemas."""
        written = shown_length(self.description) + shown_length(self.example or "")
        budget = Budget(length=_MAX_LENGTH - written, markup=_MARKUP)
        documents = {"arguments": self.schema.config_schema, "outputs": self.schema.outputs_schema}
        later = {} if self.origins is None else self.origins.fields_of(self.schema.resource_type)
        return [_part(name, document, budget, later) for name, document in documents.items() if document]

    @cached_property
    def example(self) -> str | None:
        """A resource of this type in YAML; None if no valid configuration was found."""
        if self.schema.config_schema is None:
            return None
        config = example_config(self.schema.config_schema.decode())
        return None if config is None else example_text(self.provider, self.schema.resource_type, config)


def resource_path(provider: ProviderName, version: SemVer, resource_type: str) -> str:
    """Return the address of the page of a resource type."""
    return f"/catalog/{provider}/{quote(version.text, safe='+')}/{quote(resource_type, safe='/')}"


def example_text(provider: ProviderName, resource_type: str, config: object) -> str:
    """Return a resource as dependents write it."""
    written = provider.name if provider.is_platform else provider.canonical
    return yaml_text({"provider": written, "resource": resource_type, "name": _EXAMPLE, "config": config})


def _part(name: str, document: CanonicalJson, budget: Budget, later: Mapping[FieldPath, SemVer]) -> Part:
    rows = list(SchemaReader(document.decode(), budget, is_by_level=True).rows())
    anchors = _Anchors(name)
    anchored = {
        id(row): anchors.next(row.name, row.parents, row.alternative) for row in rows
    }  # those of rows are plain
    grouped: dict[tuple[str, str], list[Row]] = {}
    for key, found in groupby(rows, lambda row: (row.parents, row.alternative)):
        grouped.setdefault(key, []).extend(found)
    ids = {key: anchors.next("fields", *key) for key in grouped}
    inside: dict[tuple[str, str], str] = {}
    for (parents, alternative), anchor in ids.items():
        inside.setdefault((_STEPS_INSIDE.sub("", parents), alternative), anchor)
        inside.setdefault((_STEPS_INSIDE.sub("", parents), ""), anchor)
    sections = [
        Section(
            anchor=ids[key],
            path=key[0].removesuffix("."),
            alternative=key[1],
            fields=[
                Field(
                    row,
                    anchored[id(row)],
                    inside.get((row.path, key[1]), inside.get((row.path, ""), "")),
                    later.get((name, row.path)),
                )
                for row in found
            ],
        )
        for key, found in grouped.items()
    ]
    return Part(name, sections, budget.is_spent)


class _Anchors:
    """Makes ids, each once."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._counts: dict[str, int] = {}
        self._used: set[str] = set()

    def next(self, name: str, parents: str, alternative: str) -> str:
        steps = (self._part, parents.removesuffix("."), alternative, name)
        plain = _ODD.sub("-", ".".join(step for step in steps if step).replace("[]", ""))[:_MAX_ANCHOR]
        anchor = plain
        while anchor in self._used:
            count = self._counts[plain] = self._counts.get(plain, 1) + 1
            anchor = f"{plain}.{count}"
        self._used.add(anchor)
        return anchor
