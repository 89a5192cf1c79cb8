"""Writes the reference pages that come from the code: ``python -m tools.reference FOLDER``.

The HTTP API comes from the OpenAPI document, the options from the commands.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import typer.main

from entrypoints.bootstrap import MemoryAdapters, build_registry, open_telemetry
from entrypoints.cli.lazy import LazyCommand
from entrypoints.cli.main import app as commands
from entrypoints.http.app import create_app
from entrypoints.http.openapi.document import title_of
from entrypoints.settings import TracingSettings
from entrypoints.use_cases import UseCases

Json = Mapping[str, Any]
_METHODS = ("get", "head", "put", "post", "patch", "delete")


def api_page(document: Json) -> str:
    """Return the page of an OpenAPI document: its operations by tag, then the schemas of bodies."""
    return "\n".join(("# HTTP API", "", *_introduction(), *_operations(document), *_schemas(document), ""))


def _introduction() -> Iterator[str]:
    yield "A running registry shows the same at `/schema`; `/schema/openapi.json` is for generators of clients."
    yield "[Errors](../errors.md) explains every `code`."
    yield ""


def _operations(document: Json) -> Iterator[str]:
    by_tag: dict[str, list[tuple[str, str, Json]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                tag = (item[method].get("tags") or ["Other"])[0]
                by_tag.setdefault(tag, []).append((method, path, item[method]))
    for tag, operations in by_tag.items():
        yield from (f"## {tag}", "")
        for method, path, operation in operations:
            yield from _operation(document, method, path, operation)


def _operation(document: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    yield from (f"### {operation.get('summary') or operation['operationId']}", "")
    yield from (f"`{method.upper()} {path}`", "")
    if operation.get("description"):
        yield from (operation["description"], "")
    if operation.get("parameters"):
        rows = (
            (f"`{each['name']}`", each["in"], "yes" if each.get("required") else "", each.get("description", ""))
            for each in (_resolved(document, each) for each in operation["parameters"])
        )
        yield from _table(("parameter", "in", "required", "meaning"), rows)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from (f"Body: {_type(content.get('schema', {}))} as `{kind}`.", "")
    answers = (
        (f"`{status}`", _line(answer.get("description", "")), ", ".join(_answered(answer)))
        for status, answer in (
            (status, _resolved(document, answer)) for status, answer in sorted(operation["responses"].items())
        )
    )
    yield from _table(("status", "when", "body"), answers)


def _resolved(document: Json, value: Json) -> Json:
    for name in value["$ref"].removeprefix("#/").split("/") if "$ref" in value else ():
        document = document[name]
    return document if "$ref" in value else value


def _answered(answer: Json) -> Iterator[str]:
    for kind, content in answer.get("content", {}).items():
        shown = _type(content.get("schema", {}))
        yield f"`{kind}`" if shown == "any" else f"{shown} as `{kind}`"


def _schemas(document: Json) -> Iterator[str]:
    yield from ("## Bodies", "")
    for name, schema in sorted(document["components"]["schemas"].items(), key=lambda each: str(each[1]["title"])):
        yield from (f"### {schema['title']} {{ #{name} }}", "")
        if schema.get("description"):
            yield from (schema["description"], "")
        if "properties" not in schema:
            yield from (_type(schema), "")
            continue
        required = schema.get("required", ())
        rows = (
            (f"`{field}`", _type(each), "yes" if field in required else "", _line(each.get("description", "")))
            for field, each in schema["properties"].items()
        )
        yield from _table(("field", "type", "required", "meaning"), rows)


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{title_of(name)}](#{name})"
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[key]))
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = schema.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _line(text: str) -> str:
    return " ".join(text.split())


def commands_page() -> str:
    """Return the page of every command with its options."""
    group = typer.main.get_command(commands)
    lines = [
        "# Every option",
        "",
        "As `--help` says it. [Command line](../cli.md) explains what the commands are for.",
        "",
    ]
    return "\n".join(lines + list(_commands(group, "provider-registry", 2)))


def _commands(group: Any, name: str, level: int) -> Iterator[str]:
    context = group.make_context(name, [], resilient_parsing=True)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        command = command.load() if isinstance(command, LazyCommand) else command
        path = f"{name} {each}"
        yield from (f"{'#' * level} {path}", "", _help(command), "")
        if hasattr(command, "list_commands"):
            yield from _commands(command, path, level + 1)
            continue
        rows = [
            (f"`{'`, `'.join(_spellings(parameter))}`", _meaning(parameter))
            for parameter in command.params
            if parameter.name not in {"help", "install_completion", "show_completion"}
        ]
        yield from _table(("argument or option", "meaning"), rows)


def _help(command: Any) -> str:
    return (command.help or "").replace("\f", "").strip()


def _spellings(parameter: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [str(parameter.metavar or parameter.name.upper())]
    return list(parameter.opts)


def _meaning(parameter: Any) -> str:
    shown = parameter.default if isinstance(parameter.default, str | int | float) else None
    default = f" Default: `{shown}`." if shown not in {None, False, ""} else ""
    return f"{getattr(parameter, 'help', '') or ''}{default}"


async def api_document() -> Json:
    """Return the OpenAPI document of a registry that serves all there is."""

    @asynccontextmanager
    async def open_registry() -> AsyncIterator[UseCases]:
        yield build_registry(MemoryAdapters())

    telemetry = open_telemetry(TracingSettings())
    app = create_app(
        open_registry, customer_realm=True, mirror=True, provenance=True, telemetry=telemetry, transparency_log=True
    )
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # two spellings of ASGI
    async with httpx.AsyncClient(transport=transport, base_url="https://registry.example.com") as client:
        document: Json = (await client.get("/schema/openapi.json")).raise_for_status().json()
    return document


def main(folder: Path) -> None:
    """Write the pages."""
    pages = {"http-api.md": api_page(asyncio.run(api_document())), "commands.md": commands_page()}
    (folder / "reference").mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / "reference" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
