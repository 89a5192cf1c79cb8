"""JSON Schemas of an announcement, and the rules that need no meta-schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from domain.announcements import Announcement
from domain.canonical_json import CanonicalJson
from domain.errors import SchemaFault, SchemaRefusedError
from domain.schema_drafts import DRAFTS, Draft, draft_of
from domain.schema_references import Flaw, find_flaw, refers_to_nothing

MAX_SCHEMA_LENGTH = 256 * 1024
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A schema that is complete in itself and small enough, of a draft that is understood.

    Attributes:
        title: What a sentence calls it: the member of the announcement, and the resource type.
        document: The schema as Python values, members in any order.
    """

    title: str
    canonical: CanonicalJson
    document: Mapping[str, object]
    draft: Draft

    @property
    def length(self) -> int:
        """How many characters its canonical text has."""
        return len(self.canonical.text)

    def in_order(self) -> Mapping[str, object]:
        """Return the document with its members in canonical order, by which the first of several flaws is told."""
        return cast("Mapping[str, object]", self.canonical.decode())

    def refused(self, flaw: Flaw) -> SchemaRefusedError:
        """Return the refusal for a flaw."""
        return _refused(self.title, flaw)


def json_schemas(announcement: Announcement) -> tuple[JsonSchema, ...]:
    """Return all schemas of an announcement.

    Raises:
        SchemaRefusedError: One is no object, too large, of an unknown draft, or refers to what is not in it.
    """
    return tuple(_judged(title, schema) for title, schema in _announced(announcement))


def _announced(announcement: Announcement) -> Iterator[tuple[str, CanonicalJson]]:
    yield from _titled("the provider", announcement.config_schema, announcement.outputs_schema)
    for entry in announcement.schemas or ():
        yield from _titled(repr(entry.resource_type), entry.config_schema, entry.outputs_schema)


def _titled(
    owner: str, config: CanonicalJson | None, outputs: CanonicalJson | None
) -> Iterator[tuple[str, CanonicalJson]]:
    if config is not None:
        yield f"the config_schema of {owner}", config
    if outputs is not None:
        yield f"the outputs_schema of {owner}", outputs


def _judged(title: str, canonical: CanonicalJson) -> JsonSchema:
    if len(canonical.text) > MAX_SCHEMA_LENGTH:
        problem = f"it has {len(canonical.text)} characters, {MAX_SCHEMA_LENGTH} are allowed; make it smaller"
        raise _refused(title, Flaw(SchemaFault.TOO_LARGE, (), problem))
    document = canonical.document
    if not isinstance(document, dict):
        raise _refused(title, Flaw(SchemaFault.INVALID, (), "it must be a JSON object"))
    draft = draft_of(document)
    if draft is None:
        known = ", ".join(draft.uri for draft in DRAFTS)
        problem = f"{document['$schema']!r:.100} is no draft that is understood; use one of {known}"
        raise _refused(title, Flaw(SchemaFault.DRAFT_UNSUPPORTED, ("$schema",), problem))
    schema = JsonSchema(title, canonical, document, draft)
    flaw = _flaw(schema)
    if flaw is not None:
        raise schema.refused(flaw)
    return schema


def _flaw(schema: JsonSchema) -> Flaw | None:
    if refers_to_nothing(schema.canonical.text, schema.document, schema.draft):
        return None
    return find_flaw(schema.document, schema.draft) and find_flaw(schema.in_order(), schema.draft)


def _refused(title: str, flaw: Flaw) -> SchemaRefusedError:
    where = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in flaw.place)
    at = f" at {_shown(where)}" if where else ""
    return SchemaRefusedError(flaw.fault, f"{title} cannot be published{at}: {_shown(flaw.problem, _MAX_SHOWN * 3)}")


def _shown(text: str, longest: int = _MAX_SHOWN) -> str:
    """Return a hostile text in a form that fits into a sentence."""
    printable = "".join(character if character.isprintable() else "?" for character in text[:longest])
    return printable if len(text) <= longest else f"{printable}…"
