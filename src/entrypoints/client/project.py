"""What a provider's ``pyproject.toml`` says of it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from domain.errors import InvalidValueError
from domain.names import PLATFORM, ProviderName
from entrypoints.client.errors import UnusableError


class _Distribution(msgspec.Struct, kw_only=True):
    name: str
    version: str | None = None
    description: str = ""


class _Pragma(msgspec.Struct, kw_only=True):
    provider: str
    package: str | None = None
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    tags: list[str] = msgspec.field(default_factory=list)
    entrypoint: list[str] | None = None
    schemas: str | None = None


class SchemaEntry(msgspec.Struct, kw_only=True):
    """One resource type of a file of schemas."""

    provider: str | None = None
    resource: str | None = None
    description: str | None = None
    config_schema: dict[str, Any] | None = None
    outputs_schema: dict[str, Any] | None = None


class _Tool(msgspec.Struct):
    pragma: _Pragma | None = None


class _Pyproject(msgspec.Struct):
    project: _Distribution
    tool: _Tool = msgspec.field(default_factory=_Tool)


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's project.

    Attributes:
        distribution: What its wheels are named after.
        version: As ``[project]`` says; None if its build backend finds it.
        announced: The members of a registration that come from the project.
        schemas_file: What ``tool.pragma.schemas`` names, as it is written there.
        unread: The place of each key that nothing reads, with a sentence that names the nearest one.
    """

    name: ProviderName
    distribution: str
    version: str | None
    announced: dict[str, Any]
    schemas_file: str = "tool.pragma.schemas"
    unread: tuple[tuple[str, str], ...] = ()


def read_project(folder: Path) -> Project:
    """Read ``[project]`` and ``[tool.pragma]``. A provider without a prefix is the platform's.

    Raises:
        UnusableError: Something is missing or wrong; the message says where.
    """
    path = folder / "pyproject.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert(tables, _Pyproject)
        pragma, distribution = found.tool.pragma, found.project
        if pragma is None:
            raise UnusableError(f"{path} has no table [tool.pragma]; it says at least which provider this is")
        named = canonicalize_name(distribution.name, validate=True)
        name = ProviderName.parse(pragma.provider if "/" in pragma.provider else f"{PLATFORM}/{pragma.provider}")
    except OSError as error:
        raise UnusableError(f"cannot read {path}: {error.strerror}") from None
    except InvalidValueError as error:
        raise UnusableError(f"{path}: tool.pragma.provider: {error.detail}") from None
    except RecursionError:
        raise UnusableError(f"{path} nests too deep") from None
    except ValueError as error:  # not UTF-8, not TOML, or not what is asked for
        raise UnusableError(f"{path}: {str(error).replace('`$.', '`')}") from None
    schemas = None if pragma.schemas is None else read_schemas(folder / pragma.schemas)
    announced = {
        "package_name": pragma.package,
        "entrypoint": pragma.entrypoint,
        "metadata": _metadata(pragma, distribution),
        "schemas": schemas,
    }
    return Project(
        name=name,
        distribution=named,
        version=distribution.version,
        announced={field: value for field, value in announced.items() if value is not None},
        schemas_file=pragma.schemas or "tool.pragma.schemas",
        unread=(
            *_unread("tool.pragma", tables["tool"]["pragma"], _Pragma),
            *(unread for name, entry in (schemas or {}).items() for unread in _unread(name, entry, SchemaEntry)),
        ),
    )


def _unread(place: str, keys: object, read: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    known = [field.name for field in msgspec.structs.fields(read)]
    for key in _keys(keys):
        if key not in known:
            nearest = get_close_matches(key, known, n=1)
            yield f"{place}.{key}", "nothing reads it" + (f"; did you mean {nearest[0]}?" if nearest else "")


def _keys(table: object) -> Iterable[str]:
    return table if isinstance(table, Mapping) else ()


def _metadata(pragma: _Pragma, distribution: _Distribution) -> dict[str, Any] | None:
    """Return how the provider is shown, or None if the project leaves that alone."""
    if pragma.display_name is None:
        return None
    described = distribution.description if pragma.description is None else pragma.description
    shown = {"display_name": pragma.display_name, "description": described, "tags": pragma.tags}
    return shown if pragma.icon_url is None else {**shown, "icon_url": pragma.icon_url}


def read_schemas(path: Path) -> dict[str, Any]:
    """Read a file of schemas by resource type.

    Raises:
        UnusableError: It cannot be read, or is no JSON object.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise UnusableError(f"cannot read {path}: {error.strerror}") from None
    except RecursionError:
        raise UnusableError(f"{path} nests too deep") from None
    except ValueError as error:  # not JSON, not UTF-8, or a path that cannot be
        raise UnusableError(f"{path}: {error}") from None
