"""What the page of the API shows: the OpenAPI document, for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from entrypoints.http.pages.field_rows import Row
from entrypoints.http.pages.fields import SchemaReader
from entrypoints.http.pages.markdown import render_markdown

Json = Mapping[str, Any]

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is sent or answered, in one media type.

    Attributes:
        schemas: Names of the objects that it is made of.
        example: None without one.
    """

    media_type: str
    schemas: Sequence[str]
    example: str | None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer."""

    status: str
    description: Markup
    headers: Sequence[str]
    bodies: Sequence[Body]

    @property
    def is_refusal(self) -> bool:
        """Whether it says why not."""
        return self.status >= "4"


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does on one path.

    Attributes:
        token: Whose token is needed; None if none is.
    """

    id: str
    method: str
    path: str
    summary: str
    description: Markup
    token: str | None
    parameters: Sequence[Row]
    bodies: Sequence[Body]
    responses: Sequence[Response]


@dataclass(frozen=True, slots=True)
class Group:
    """Operations on one subject."""

    name: str
    description: str
    operations: Sequence[Operation]

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/schema/operations/{self.name.lower().replace(' ', '-')}"


class ApiPages:
    """The pages of an OpenAPI document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.info: Json = document["info"]
        self.tokens: Json = document["components"]["securitySchemes"]

    @cached_property
    def groups(self) -> Sequence[Group]:
        """The groups, in the order of the document's tags."""
        found = [
            (operation["tags"][0], self._operation(method, path, operation))
            for path, item in self._document["paths"].items()
            for method, operation in item.items()
            if method in _METHODS
        ]
        return [
            Group(tag["name"], tag["description"], [operation for name, operation in found if name == tag["name"]])
            for tag in self._document["tags"]
        ]

    @property
    def objects(self) -> Sequence[tuple[str, str]]:
        """The titles and the names of all objects, by title."""
        schemas = self._document["components"]["schemas"]
        return sorted((schema["title"], name) for name, schema in schemas.items() if "properties" in schema)

    def rows(self, name: str) -> Sequence[Row]:
        """Return the fields of an object."""
        return self._rows(self._document["components"]["schemas"][name])

    def description(self, name: str) -> str:
        """Return what is said of an object."""
        return str(self._document["components"]["schemas"][name].get("description", ""))

    def title(self, name: str) -> str:
        """Return what people call an object."""
        return str(self._document["components"]["schemas"][name]["title"])

    def _operation(self, method: str, path: str, operation: Json) -> Operation:
        needed = [scheme for requirement in operation["security"] for scheme in requirement]
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            description=render_markdown(operation["description"]),
            token=needed[0] if needed else None,
            parameters=self._parameters(operation.get("parameters", ())),
            bodies=self._bodies(operation.get("requestBody", {})),
            responses=[
                Response(status, render_markdown(answer["description"]), tuple(answer["headers"]), self._bodies(answer))
                for status, answer in operation["responses"].items()
            ],
        )

    def _parameters(self, parameters: Sequence[Json]) -> Sequence[Row]:
        found = [self._at(parameter["$ref"]) if "$ref" in parameter else parameter for parameter in parameters]
        return self._rows(
            {
                "properties": {
                    f"{each['name']} ({each['in']})": {**each["schema"], "description": each.get("description", "")}
                    for each in found
                },
                "required": [f"{each['name']} ({each['in']})" for each in found if each.get("required")],
            }
        )

    def _bodies(self, holder: Json) -> Sequence[Body]:
        return [
            Body(media_type, tuple(dict.fromkeys(_names(content["schema"]))), _example(content))
            for media_type, content in holder.get("content", {}).items()
        ]

    def _rows(self, schema: Json) -> Sequence[Row]:
        return tuple(SchemaReader({**schema, "components": self._document["components"]}).rows())

    def _at(self, reference: str) -> Json:
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)


def _names(schema: object) -> Iterator[str]:
    """Yield the names of the objects that a schema refers to."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "$ref":
                yield str(value).rpartition("/")[2]
            else:
                yield from _names(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _names(part)


def _example(content: Json) -> str | None:
    for example in content.get("examples", {}).values():
        value = example["value"]
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return None
