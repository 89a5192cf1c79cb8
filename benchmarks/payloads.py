"""What is registered: schemas of a usual size, and small wheels."""

import random
from typing import Any

_TEXT = (
    "region zone network subnet bucket replica cluster policy retention encryption key label owner access lifecycle "
    "quota endpoint certificate rotation backup schedule version storage class public private default the a of for "
    "whether how many where which must be set when enabled disabled"
)
_WORDS = _TEXT.split()
_RESOURCES = 6
_PROPERTIES = 11


def schemas() -> dict[str, Any]:
    """Return schemas that are 15 kB of JSON, always the same. They compress as real ones do, about five to one."""
    words = random.Random(15)  # noqa: S311 - filler, not secrets
    return {
        f"storage/kind{number}": {
            "description": _sentence(words, 12),
            "config_schema": _document(words, _PROPERTIES),
            "outputs_schema": _document(words, _PROPERTIES // 3),
        }
        for number in range(_RESOURCES)
    }


def _document(words: random.Random, properties: int) -> dict[str, Any]:
    names = [f"{words.choice(_WORDS)}_{words.choice(_WORDS)}_{number}" for number in range(properties)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {name: _property(words) for name in names},
        "required": sorted(words.sample(names, len(names) // 2)),
    }


def _property(words: random.Random) -> dict[str, Any]:
    kind = words.choice(("string", "integer", "boolean"))
    return {"type": kind, "title": _sentence(words, 2), "description": _sentence(words, 11)}


def _sentence(words: random.Random, length: int) -> str:
    return " ".join(words.choices(_WORDS, k=length)).capitalize() + "."
