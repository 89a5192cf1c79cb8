"""Configs of resources as dependents write them, and the references in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_RESOURCES = 100
ConfigPath = tuple[str | int, ...]
_REFERENCE = frozenset({"provider", "resource", "name", "field"})
_DEPENDENCY = "__dependency__"


@dataclass(frozen=True, slots=True)
class ResourceConfig:
    """What a dependent has of one resource. Values are secret: no representation shows them.

    Attributes:
        resource: The resource type.
        name: The dependent's own name of it, for the answer; None if it was not given.
        config: A decoded JSON object.
        uses: Outputs that others read, such as ``url``, ``outputs.url`` or ``network.id``.
    """

    resource: str
    name: str | None
    config: Mapping[str, object] = field(repr=False)
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputReference:
    """A value of a config that comes from another resource's output.

    Attributes:
        path: Where in the config.
        provider: ``gcp``, or ``acme/gcp``.
        name: The dependent's own name of that resource.
        field: The output; empty for a dependency on the whole resource.
    """

    path: ConfigPath
    provider: str
    resource: str
    name: str
    field: str


def plain(value: object) -> object:
    """Return a config in the form that schemas describe: YAML files have references as ``{"$ref": {…}}``.

    Nests no deeper than the body that it came in.
    """
    if isinstance(value, dict):
        inner = value.get("$ref")
        if len(value) == 1 and isinstance(inner, dict) and is_reference(inner):
            return inner
        return {name: plain(member) for name, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def is_reference(value: object) -> bool:
    """Tell whether a value stands for another resource's output, or for the whole of it."""
    return isinstance(value, dict) and (value.keys() >= _REFERENCE or value.get(_DEPENDENCY) is True)


def references(value: object, path: ConfigPath = ()) -> Iterator[OutputReference]:
    """Yield all references in a plain config."""
    if isinstance(value, dict) and is_reference(value):
        texts = [value.get(name, "") for name in ("provider", "resource", "name", "field")]
        provider, resource, name, output = (text if isinstance(text, str) else "" for text in texts)
        yield OutputReference(path, provider, resource, name, output)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from references(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*path, index))


def written(path: ConfigPath) -> str:
    """Return a path as people write it: ``network.subnets[0].cidr``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
