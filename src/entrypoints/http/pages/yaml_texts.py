"""Values as YAML for people to copy."""

import json
import re
from functools import cache
from typing import Any

_NUMBER_OR_BOOLEAN = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|[yYnN]")
"""What some readers, of YAML 1.1 or of 1.2, take for no text, and the library would write without quotes."""


def yaml_text(value: object) -> str:
    """Return a decoded JSON value as a YAML document in block style, members in their order.

    Every reader of YAML takes texts for texts. If any character cannot be seen, such as one that turns the direction
    of writing, all that are not ASCII are escaped.
    """
    import yaml  # noqa: PLC0415 -- with the first example; servers that show none need no parser

    text: str = yaml.dump(
        value,
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=json.dumps(value, ensure_ascii=False).isprintable(),
        default_flow_style=False,
        width=100,
    )
    return text


@cache
def _dumper() -> Any:  # noqa: ANN401 -- a class that the library types as nothing in particular
    import yaml  # noqa: PLC0415 -- as above

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the C library is not there on every platform

    class Dumper(base):  # type: ignore[misc]
        """Quotes what some readers would take for numbers, and writes what occurs twice twice."""

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- as the library calls it
            return True

        def represent_str(self, data: str) -> Any:  # noqa: ANN401
            style = "'" if _NUMBER_OR_BOOLEAN.fullmatch(data) else None
            return self.represent_scalar("tag:yaml.org,2002:str", data, style)

    Dumper.add_representer(str, Dumper.represent_str)
    return Dumper
