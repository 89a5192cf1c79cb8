"""The OpenAPI document, completed: what the framework derives from the routes, and what it cannot know."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import msgspec
from litestar import Litestar

from domain import names, semver
from domain.schemas import MAX_NAME_LENGTH
from entrypoints.http.models import attestations, registration, responses, upgrade_check, yank
from entrypoints.http.openapi.headers import HEADERS, PARAMETERS, add_headers
from entrypoints.http.openapi.refusals import refusals
from entrypoints.presenters import (
    availability,
    catalog,
    changes,
    compatibility,
    dry_runs,
    history,
    installing,
    organizations,
    provenance,
    registrations,
    resource_search,
    upgrades,
    verifications,
    versions,
)

Json = dict[str, Any]

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_TAGS = {
    "Console": "Releases of first-party providers, by machines of the Console realm.",
    "Customers": "Releases of customers' own providers, and who a customer is.",
    "Registrations": "Registrations that are done later.",
    "Providers": "The catalog, versions and their history.",
    "Schemas": "JSON Schemas of resource types, for dependents.",
    "Installing": "What pip, uv and runtimes read.",
    "Transparency log": "What anyone can verify, and follow.",
    "Health": "Whether the service is up, and its metrics.",
}
_MODELS = (
    *(registration, registrations, versions, organizations, verifications, responses),
    *(catalog, compatibility, installing, dry_runs, yank, history, upgrade_check, upgrades),
    *(availability, resource_search),
)
_TITLES = {
    "SimpleFile": "File on the index",
    "SimpleIndexView": "List of distributions",
    "SimpleMeta": "Metadata of the index",
    "SimpleProject": "Distribution on the index",
    "SimpleProjectView": "Files of a distribution",
}
"""Of objects whose names are not words for what they are."""
_NULL = {"type": "null"}
_TOKEN = {"minLength": 1, "maxLength": names.MAX_LENGTH, "pattern": "^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$"}
_IN_PATHS: Mapping[str, Json] = {
    "prefix": {"description": "The namespace: `platform`, or an organisation's slug.", "schema": _TOKEN},
    "name": {"description": "The provider's name in its namespace.", "schema": _TOKEN},
    "target": {"schema": {"minLength": 1, "maxLength": semver.MAX_LENGTH}},
    "version": {"description": "A SemVer version.", "schema": {"minLength": 1, "maxLength": semver.MAX_LENGTH}},
    "versions": {
        "description": "Two SemVer versions with three dots between them.",
        "schema": {"minLength": 1, "maxLength": 2 * semver.MAX_LENGTH + 3},
    },
    "resource_type": {"schema": {"minLength": 1, "maxLength": MAX_NAME_LENGTH}},
    "project": {"description": "A distribution's name, or `~` and a namespace.", "schema": {"minLength": 1}},
    "distribution": {"description": "A distribution's name, normalised (PEP 503).", "schema": {"minLength": 1}},
    "tile": {"schema": {"minLength": 5}},
    "registration_id": {
        "description": "Of a registration that was accepted.",
        "schema": {"minLength": 1, "format": "uuid"},
    },
    "organization_id": {"description": "The organisation's id, `org_…`.", "schema": {"minLength": 1}},
}
"""What paths may hold, which routes find out by not finding anything. A description of the route itself goes first."""


def api_document(app: Litestar, public_url: str | None) -> Json:
    """Return the document of an application that is reached at ``public_url``, or where the document was read."""
    document: Json = msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema()))
    document["servers"] = [{"url": public_url or "/"}]
    found = list(operations(document))
    named = {tag for _, _, operation in found for tag in operation["tags"]}
    document["tags"] = [{"name": tag, "description": text} for tag, text in _TAGS.items() if tag in named]
    takes_attestations = any(path.endswith("/provenance") for path in document["paths"])
    for _, _, operation in found:
        _complete(operation, takes_attestations=takes_attestations)
    models = (*_MODELS, changes) if "/changes" in document["paths"] else _MODELS
    models = (*models, attestations, provenance) if takes_attestations else models
    document["components"] |= {"schemas": _component_schemas(models), "headers": HEADERS, "parameters": PARAMETERS}
    if takes_attestations:
        schemas = document["components"]["schemas"]
        sent = schemas["AttestationsBody"]["properties"]["attestations"]
        schemas["RegistrationBody"]["properties"]["attestations"] = sent
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield the path, the method and the description of every operation."""
    for path, item in document["paths"].items():
        yield from ((path, method, operation) for method, operation in item.items() if method in _METHODS)


def title_of(name: str) -> str:
    """Return what people call an object: a class name as words, without what tells it apart from others of the code."""
    words = re.findall(r"[A-Z][a-z]+", name.removesuffix("View"))
    return _TITLES.get(name) or " ".join(words).capitalize()


def _complete(operation: Json, *, takes_attestations: bool) -> None:
    operation.setdefault("security", [])
    operation.pop("deprecated", None)
    answers = {status: response for status, response in operation["responses"].items() if status < "4"}
    operation["responses"] = dict(sorted(answers.items())) | refusals(
        operation["operationId"], takes_attestations=takes_attestations
    )
    for parameter in operation.get("parameters", ()):
        _settle(parameter)
    for answer in answers.values():
        for content in answer.get("content", {}).values():
            content["examples"] = {_slug(each["summary"]): each for each in content["examples"].values()}
    add_headers(operation)


def _slug(summary: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", summary.lower()))


def _settle(parameter: Json) -> None:
    """State a parameter's bounds where generators look for them; an optional one is left out and never null."""
    for noise in ("deprecated", "allowEmptyValue", "allowReserved"):
        parameter.pop(noise, None)
    schema = parameter["schema"]
    for variant in schema.pop("oneOf", ()):
        if variant != _NULL:
            schema |= variant
    for bound in ("minimum", "maximum"):
        if bound in schema:
            schema[bound] = int(schema[bound])
    schema.pop("description", None)
    if parameter["in"] == "path":
        stated = _IN_PATHS[parameter["name"]]
        parameter["schema"] = {**schema, **stated["schema"]}
        parameter.setdefault("description", stated.get("description"))


def _component_schemas(models: Iterable[ModuleType]) -> Json:
    """Return the schemas of all structs on the wire; the library that encodes them states more than the framework."""
    structs = [
        value
        for module in models
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.__name__
    ]
    _, schemas = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    for schema in schemas.values():
        schema["title"] = title_of(schema["title"])
        schema["properties"] = {name: _flat(each) for name, each in schema.get("properties", {}).items()} or None
    return {
        name: {key: value for key, value in schema.items() if value is not None} for name, schema in schemas.items()
    }


def _flat(schema: Json) -> Json:
    """Write a nullable plain type as a list of types, which more generators understand than a union."""
    variants = schema.get("anyOf", ())
    plain = [variant for variant in variants if variant != _NULL]
    if len(plain) != 1 or len(plain) == len(variants):
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if isinstance(kind := plain[0].get("type"), str) and "enum" not in plain[0]:
        return {**rest, **plain[0], "type": [kind, "null"]}
    described = {key: plain[0][key] for key in ("description",) if key in plain[0] and "$ref" not in plain[0]}
    return {**described, **schema}
