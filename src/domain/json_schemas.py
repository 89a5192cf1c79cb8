"""JSON Schemas of an announcement, and the rules that need no meta-schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
        length: Of its canonical text, in characters.
    """

    title: str
    document: Mapping[str, object]
    draft: Draft
    length: int

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


def _judged(title: str, schema: CanonicalJson) -> JsonSchema:
    if len(schema.text) > MAX_SCHEMA_LENGTH:
        problem = f"it has {len(schema.text)} characters, {MAX_SCHEMA_LENGTH} are allowed; make it smaller"
        raise _refused(title, Flaw(SchemaFault.TOO_LARGE, (), problem))
    document = schema.decode()
    if not isinstance(document, dict):
        raise _refused(title, Flaw(SchemaFault.INVALID, (), "it must be a JSON object"))
    draft = draft_of(document)
    if draft is None:
        known = ", ".join(draft.uri for draft in DRAFTS)
        problem = f"{document['$schema']!r:.100} is no draft that is understood; use one of {known}"
        raise _refused(title, Flaw(SchemaFault.DRAFT_UNSUPPORTED, ("$schema",), problem))
    flaw = None if refers_to_nothing(schema.text, document, draft) else find_flaw(document, draft)
    if flaw is not None:
        raise _refused(title, flaw)
    return JsonSchema(title, document, draft, len(schema.text))


def _refused(title: str, flaw: Flaw) -> SchemaRefusedError:
    where = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in flaw.place)
    at = f" at {_shown(where)}" if where else ""
    return SchemaRefusedError(flaw.fault, f"{title} cannot be published{at}: {_shown(flaw.problem, _MAX_SHOWN * 3)}")


def _shown(text: str, longest: int = _MAX_SHOWN) -> str:
    """Return a hostile text in a form that fits into a sentence."""
    printable = "".join(character if character.isprintable() else "?" for character in text[:longest])
    return printable if len(text) <= longest else f"{printable}…"
