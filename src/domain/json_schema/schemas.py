"""JSON Schemas of an announcement, and the rules that need no meta-schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.announcements import Announcement
from domain.errors import SchemaProblem, SchemaRefusedError
from domain.json_schema.drafts import DRAFTS, Draft, draft_of
from domain.json_schema.references import SchemaViolation, find_violation
from domain.schemas import CanonicalJson

MAX_SCHEMA_LENGTH = 256 * 1024
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A schema that is complete in itself and small enough, of a draft that is understood.

    Attributes:
        title: What a sentence calls it: the member of the announcement, and the resource type.
        document: The schema as Python values, members in canonical order.
    """

    title: str
    canonical: CanonicalJson
    document: Mapping[str, object]
    draft: Draft

    @property
    def length(self) -> int:
        """How many characters its canonical text has."""
        return len(self.canonical.text)

    def refused(self, violation: SchemaViolation) -> SchemaRefusedError:
        """Return the refusal for a violation."""
        return _refused(self.title, violation)


def json_schemas(announcement: Announcement) -> tuple[JsonSchema, ...]:
    """Return all schemas of an announcement.

    Raises:
        SchemaRefusedError: One is no object, too large, of an unknown draft, or refers to what is not in it.
    """
    return tuple(_validated(title, schema) for title, schema in _announced(announcement))


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


def _validated(title: str, canonical: CanonicalJson) -> JsonSchema:
    if len(canonical.text) > MAX_SCHEMA_LENGTH:
        problem = f"it has {len(canonical.text)} characters, {MAX_SCHEMA_LENGTH} are allowed; make it smaller"
        raise _refused(title, SchemaViolation(SchemaProblem.TOO_LARGE, (), problem))
    document = canonical.decode()
    if not isinstance(document, dict):
        raise _refused(title, SchemaViolation(SchemaProblem.INVALID, (), "it must be a JSON object"))
    draft = draft_of(document)
    if draft is None:
        known = ", ".join(draft.uri for draft in DRAFTS)
        problem = f"{document['$schema']!r:.100} is no draft that is understood; use one of {known}"
        raise _refused(title, SchemaViolation(SchemaProblem.DRAFT_UNSUPPORTED, ("$schema",), problem))
    violation = find_violation(document, draft)
    if violation is not None:
        raise _refused(title, violation)
    return JsonSchema(title, canonical, document, draft)


def _refused(title: str, violation: SchemaViolation) -> SchemaRefusedError:
    where = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in violation.path)
    at = f" at {_shown(where)}" if where else ""
    return SchemaRefusedError(
        violation.problem, f"{title} cannot be published{at}: {_shown(violation.message, _MAX_SHOWN * 3)}"
    )


def _shown(text: str, longest: int = _MAX_SHOWN) -> str:
    """Return a hostile text in a form that fits into a sentence."""
    printable = "".join(character if character.isprintable() else "?" for character in text[:longest])
    return printable if len(text) <= longest else f"{printable}…"
