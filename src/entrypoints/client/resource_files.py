"""Files of resources, as dependents of providers write them: YAML, or JSON."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from domain.errors import InvalidValueError
from domain.names import PLATFORM, ProviderName
from domain.upgrades.configs import ResourceConfig, plain, references
from entrypoints.client.errors import UnusableError

_MAX_VALUES = 200_000
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True, slots=True)
class FileResource:
    """A resource, and the file that it is in."""

    file: Path
    provider: ProviderName
    used: ResourceConfig

    @property
    def body(self) -> dict[str, Any]:
        """Return it as the registry reads it."""
        name = {} if self.used.name is None else {"name": self.used.name}
        return {"resource": self.used.resource, **name, "config": self.used.config, "uses": list(self.used.uses)}


def read_resources(files: list[Path]) -> list[FileResource]:
    """Return the resources in files, each with the outputs that resources of other providers refer to.

    Raises:
        UnusableError: A file cannot be read, or has something else in it; the message shows no value.
    """
    found = [resource for file in files for resource in _read(file)]
    if not found:
        raise UnusableError("there is no resource in these files")
    return [_with_uses(resource, found) for resource in found]


def _with_uses(resource: FileResource, others: list[FileResource]) -> FileResource:
    used = resource.used
    uses = {
        reference.field
        for other in others
        if other.provider != resource.provider
        for reference in references(other.used.config)
        if reference.field
        and reference.name == used.name
        and reference.resource == used.resource
        and _is_named(reference.provider, resource.provider)
    }
    return FileResource(
        resource.file, resource.provider, ResourceConfig(used.resource, used.name, used.config, tuple(sorted(uses)))
    )


def _is_named(written: str, provider: ProviderName) -> bool:
    try:
        return _provider(written) == provider
    except InvalidValueError:
        return False


def _provider(written: str) -> ProviderName:
    return ProviderName.parse(written if "/" in written else f"{PLATFORM}/{written}")


def _read(file: Path) -> Iterator[FileResource]:
    try:
        text = file.read_text(encoding="utf-8")
        documents = [json.loads(text)] if file.suffix == ".json" else list(yaml.load_all(text, _Loader))
    except OSError as error:
        raise UnusableError(f"cannot read {file}: {error.strerror}") from None
    except yaml.MarkedYAMLError as error:  # whose text shows a part of the file
        line = "" if error.problem_mark is None else f", line {error.problem_mark.line + 1}"
        raise UnusableError(f"{file}{line}: this is no YAML") from None
    except (ValueError, RecursionError, yaml.YAMLError):
        raise UnusableError(f"{file}: this is no {'JSON' if file.suffix == '.json' else 'YAML'} in UTF-8") from None
    entries = [entry for document in documents for entry in (document if isinstance(document, list) else [document])]
    for number, entry in enumerate(entries, 1):
        if entry is not None:
            yield _resource(file, f"{file}, resource {number}", entry)


def _resource(file: Path, place: str, entry: object) -> FileResource:
    if not isinstance(entry, dict):
        raise UnusableError(f"{place}: it is no mapping")
    texts = {name: entry.get(name) for name in ("provider", "resource")}
    if missing := [name for name, text in texts.items() if not isinstance(text, str) or not text]:
        raise UnusableError(f"{place}: {missing[0]} is missing, or no text")
    name, config = entry.get("name"), entry.get("config")
    if not isinstance(name, str | None) or not isinstance(config, dict | None):
        raise UnusableError(f"{place}: name must be a text, and config a mapping")
    try:
        provider = _provider(str(texts["provider"]))
        value = _Json().of(config or {})
    except InvalidValueError as error:
        raise UnusableError(f"{place}: provider: {error.detail}") from None
    except (ValueError, RecursionError) as error:
        raise UnusableError(f"{place}: config: {error if isinstance(error, _NotJsonError) else 'too deep'}") from None
    members = {key: plain(member) for key, member in value.items()}
    return FileResource(file, provider, ResourceConfig(str(texts["resource"]), name, members))


class _NotJsonError(ValueError):
    """A value of YAML that JSON does not have."""


class _Json:
    """Copies what YAML read as JSON; aliases may stand for much more than a file has."""

    def __init__(self) -> None:
        self._left = _MAX_VALUES

    def of(self, config: dict[Any, Any]) -> dict[str, Any]:
        """Return a config.

        Raises:
            ValueError: It has something that JSON does not have, or too much of it.
        """
        copied = self._value(config)
        assert isinstance(copied, dict)  # noqa: S101 -- tells the type checker
        return copied

    def _value(self, value: object) -> object:
        self._left -= 1
        if self._left < 0:
            raise _NotJsonError(f"it has more than {_MAX_VALUES} values, those behind aliases included")
        if isinstance(value, dict):
            if not all(isinstance(key, str) for key in value):
                raise _NotJsonError("a key is no text; put it in quotes")
            return {key: self._value(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
            return value
        raise _NotJsonError("a value has no form in JSON, such as a set, bytes or a number without end")


class _Loader(yaml.SafeLoader):
    """Reads dates as the texts that they are in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
