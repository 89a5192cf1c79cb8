"""Values as YAML for people to copy."""

from typing import Any


def yaml_text(value: object) -> str:
    """Return a decoded JSON value as a YAML document in block style, members in their order."""
    import yaml  # noqa: PLC0415 -- with the first example; servers that show none need no parser

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the C library is not there on every platform
    text: str = yaml.dump(
        value, Dumper=dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
    )
    return text
