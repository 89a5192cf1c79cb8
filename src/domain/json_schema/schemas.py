"""JSON Schemas of an announcement, and the rules that need no meta-schema.

No reference may leave its document: a schema that is complete in itself means the same to everyone, today and in ten
years, and reading it fetches nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from domain.announcements import Announcement
from domain.errors import SchemaProblem, SchemaRefusedError
from domain.json_schema.drafts import DRAFTS, Draft, Pointer, draft_called, draft_of, holds_schema, subschemas
from domain.schemas import CanonicalJson

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
MAX_SCHEMA_LENGTH = 256 * 1024
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One rule that a schema breaks.

    Attributes:
        path: Where, as the steps of a JSON Pointer.
        message: What is wrong there and what to do, as the end of a sentence.
    """

    problem: SchemaProblem
    path: Pointer
    message: str


def find_violation(document: Mapping[str, object], draft: Draft) -> SchemaViolation | None:
    """Return the first reference, identifier or declaration that leads out of the document or nowhere, or None."""
    telling = {draft.identifier, *draft.anchors, *_REFERENCES, "$schema"}
    parts = [(place, schema) for place, schema in subschemas(document, draft) if not telling.isdisjoint(schema)]
    names = frozenset(name for place, schema in parts for name in _names(schema, draft, place))
    violations = (
        violation for place, schema in parts for violation in _violations(document, draft, names, place, schema)
    )
    return next(violations, None)


def _names(schema: Mapping[str, object], draft: Draft, place: Pointer) -> Iterator[str]:
    for keyword in draft.anchors:
        value = schema.get(keyword)
        if isinstance(value, str) and keyword != draft.identifier:
            yield value
        elif isinstance(value, str) and value.startswith("#") and place:  # at the root it is replaced when served
            yield value[1:]


def _violations(
    document: Mapping[str, object],
    draft: Draft,
    names: frozenset[str],
    place: Pointer,
    schema: Mapping[str, object],
) -> Iterator[SchemaViolation]:
    if place:
        yield from _rebasing(schema, draft, place)
    for keyword in _REFERENCES:
        if keyword in schema:
            yield from _reference(document, draft, names, (*place, keyword), schema[keyword])


def _rebasing(schema: Mapping[str, object], draft: Draft, place: Pointer) -> Iterator[SchemaViolation]:
    identity = schema.get(draft.identifier)
    if isinstance(identity, str) and not (draft.identifier in draft.anchors and identity.startswith("#")):
        yield SchemaViolation(
            SchemaProblem.REFERENCE_FORBIDDEN,
            (*place, draft.identifier),
            f"only the whole document may have an {draft.identifier}, since references below another one would leave "
            "the document; remove it",
        )
    if "$schema" in schema and draft_called(schema["$schema"]) is not draft:
        yield SchemaViolation(
            SchemaProblem.DRAFT_UNSUPPORTED,
            (*place, "$schema"),
            f"a part declares another draft than the document, which is of draft {draft.name}; use one draft",
        )


def _reference(
    document: Mapping[str, object], draft: Draft, names: frozenset[str], place: Pointer, target: object
) -> Iterator[SchemaViolation]:
    if not isinstance(target, str):
        yield SchemaViolation(SchemaProblem.INVALID, place, "a reference is a string")
    elif not target.startswith("#"):
        yield SchemaViolation(
            SchemaProblem.REFERENCE_FORBIDDEN,
            place,
            f"{target!r:.100} leads out of the document; copy what it names into the document and refer to it by #",
        )
    elif not _resolves(document, draft, names, unquote(target[1:])):
        yield SchemaViolation(
            SchemaProblem.REFERENCE_UNRESOLVED,
            place,
            f"{target!r:.100} leads to no schema in the document; define what it names, under $defs for example",
        )


def _resolves(document: Mapping[str, object], draft: Draft, names: frozenset[str], fragment: str) -> bool:
    if fragment.startswith("/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in fragment[1:].split("/")]
        return holds_schema(document, draft, steps)
    return not fragment or fragment in names


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
