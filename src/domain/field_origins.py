"""Since which version a resource type and each of its fields is there."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from domain.json_schema.parts import Resolved, cut, find, follow, inner_schemas, within
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer

MAX_NAME = 200
MAX_VISITS = 300_000
_MAX_VISITS_OF_ONE = 10_000
_MAX_DEPTH = 8
_SCHEMAS = ("allOf", "anyOf", "oneOf")

FieldPath = tuple[str, str]
"""``arguments`` or ``outputs``, and the path of a field there, such as ``network.subnets[].zone``."""


@dataclass(frozen=True, slots=True)
class ResourceOrigin:
    """Since when a resource type is there without a gap.

    Attributes:
        later: The fields that came later, each with the version since which it is there. None if there is too much
            to look at.
    """

    since: SemVer
    later: Mapping[FieldPath, SemVer] | None


@dataclass(frozen=True, slots=True)
class Origins:
    """Since when the resource types of one version are there.

    Attributes:
        floor: The first version that was looked at, if there are earlier ones.
    """

    resources: Mapping[str, ResourceOrigin]
    floor: SemVer | None = None

    def of(self, resource_type: str) -> ResourceOrigin | None:
        """Return the origin of a resource type; None if it may have been there earlier still."""
        found = self.resources.get(resource_type)
        return None if found is None or found.since == self.floor else found

    def fields_of(self, resource_type: str) -> Mapping[FieldPath, SemVer]:
        """Return the fields of a resource type that came later than itself."""
        found = self.resources.get(resource_type)
        return {} if found is None or found.later is None else found.later


@dataclass(slots=True)
class Visits:
    """How many parts of schemas may still be visited. A few kilobytes can refer to a large part thousands of times."""

    left: int = MAX_VISITS

    def spend(self, number: int) -> bool:
        """Count so many; False if there were not enough."""
        self.left -= number
        return self.left >= 0


def first_origins(version: SemVer, schemas: ResourceSchemas, *, is_first: bool) -> Origins:
    """Return the origins of a version that is compared with none; ``is_first`` tells whether no earlier one exists."""
    found = {each.resource_type: ResourceOrigin(version, {}) for each in schemas}
    return Origins(found, None if is_first else version)


def next_origins(
    version: SemVer, schemas: ResourceSchemas, before: Origins, old: ResourceSchemas, visits: Visits
) -> Origins:
    """Return the origins of a version from those of the one before it.

    Args:
        version: The version.
        schemas: Its schemas.
        before: The origins of the version before it.
        old: The schemas of the version before it.
        visits: What may be looked at. Beyond that, fields have no origin.
    """
    olds = {each.resource_type: each for each in old}
    found = {}
    for schema in schemas:
        earlier, origin = olds.get(schema.resource_type), before.resources.get(schema.resource_type)
        if earlier is None or origin is None:
            found[schema.resource_type] = ResourceOrigin(version, {})
        else:
            found[schema.resource_type] = _continued(version, schema, earlier, origin, visits)
    return Origins(found, before.floor)


def _continued(
    version: SemVer, schema: ResourceSchema, earlier: ResourceSchema, origin: ResourceOrigin, visits: Visits
) -> ResourceOrigin:
    if origin.later is None or _documents(schema) == _documents(earlier):
        return origin
    paths, old_paths = _paths(schema, visits), _paths(earlier, visits)
    if paths is None or old_paths is None:
        return ResourceOrigin(origin.since, None)
    since = {path: origin.later.get(path, origin.since) if path in old_paths else version for path in paths}
    return ResourceOrigin(origin.since, {path: each for path, each in since.items() if each != origin.since})


def _documents(schema: ResourceSchema) -> dict[str, CanonicalJson | None]:
    return {"arguments": schema.config_schema, "outputs": schema.outputs_schema}


def _paths(schema: ResourceSchema, visits: Visits) -> frozenset[FieldPath] | None:
    """Return the paths of all fields; None if there is too much to look at."""
    found: set[FieldPath] = set()
    for part, document in _documents(schema).items():
        paths = None if document is None else field_paths(document.decode(), visits)
        if document is not None and paths is None:
            return None
        found.update((part, path) for path in paths or ())
    return frozenset(found)


def field_paths(document: object, visits: Visits) -> frozenset[str] | None:
    """Return the paths of all fields that a JSON Schema describes; None if there is too much to look at."""
    found: set[str] = set()
    own = Visits(_MAX_VISITS_OF_ONE)
    waiting: deque[tuple[object, str, tuple[object, ...]]] = deque([(document, "", ())])
    while waiting:
        written, parents, trail = waiting.popleft()
        reference = written.get("$ref") if isinstance(written, Mapping) else None
        is_shown = reference is not None and reference in trail
        if not isinstance(written, Mapping) or len(trail) > _MAX_DEPTH or is_shown:
            continue
        chain = tuple(follow(written, partial(find, document)))
        schema, trail = Resolved(chain), (*trail, reference)
        properties, parts = schema.mapping("properties"), [schema.list(keyword) for keyword in _SCHEMAS]
        cost = len(chain) + len(properties) + sum(map(len, parts)) + len(schema.list("prefixItems"))
        if not (own.spend(cost) and visits.spend(cost)):
            return None
        fields = {f"{parents}{cut(name, MAX_NAME)}": child for name, child in properties.items()}
        found.update(fields)
        waiting.extend((child, f"{path}.", trail) for path, child in fields.items())
        waiting.extend((part, parents, trail) for listed in parts for part in listed)
        waiting.extend((inner, within(parents, step), trail) for step, inner in inner_schemas(schema))
    return frozenset(found)
