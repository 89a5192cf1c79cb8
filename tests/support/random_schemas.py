"""Random schemas, small changes of them, and values that may tell two of them apart."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

_DEFINITIONS = ("D", "E")
NAMES = ("a", "b", "x-a", "x-b")
PATTERNS = ("^a", "^[ab]+$", "b$", "^x-", "^x-a", "^(?=a)", "a{2}")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, 3, 5, 6, 1.5, -1, "", "a", "b", "ab", "aa", "abcd", "x-a", "x-b"),
    *([], [1], ["a"], [None], ["a", "a"], ["a", 1], [1, 2, 3], [[1]], {}, {"a": 1}, {"a": "a"}, {"b": None}),
    *({"x-a": "a"}, {"a": 1, "b": 1}, {"a": {"a": 1}}, {"x-a": 1, "x-b": 2}),
)
CONSTANTS: tuple[Any, ...] = (1, 2, "a", "b", None, True, [], {})


class Schemas:
    """Makes schemas of every keyword.

    Args:
        random: Where chance comes from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def document(self) -> Any:
        """Return a schema, at times with definitions that refer to themselves."""
        random = self._random
        if random.random() < 0.75:
            return self.schema(2)
        definitions = {"D": self.schema(2, references=True), "E": self.schema(1, references=True)}
        root = random.choice([{"$ref": "#/$defs/D"}, {"properties": {"a": {"$ref": "#/$defs/D"}}}, self.schema(2)])
        return {"$defs": definitions, **(root if isinstance(root, dict) else {})}

    def schema(self, depth: int, *, references: bool = False) -> Any:
        """Return a schema that is so deep at most."""
        random = self._random
        if references and random.random() < 0.15:
            return {"$ref": random.choice(["#/$defs/D", "#/$defs/E"])}
        if depth <= 0 or random.random() < 0.25:
            return self._leaf()
        part = random.choice(
            [self._object, self._object, self._object, self._array, self._array, self._combined, self._leaf]
        )()
        return self._filled(part, depth - 1, references=references)

    def _filled(self, value: Any, depth: int, *, references: bool) -> Any:
        """Put schemas where ``...`` stands."""
        if value is ...:
            return self.schema(depth, references=references)
        if isinstance(value, dict):
            return {name: self._filled(member, depth, references=references) for name, member in value.items()}
        if isinstance(value, list):
            return [self._filled(item, depth, references=references) for item in value]
        return value

    def _leaf(self) -> Any:
        random = self._random
        bound = random.randint(0, 4)
        return random.choice(
            [
                {"type": "string", random.choice(["minLength", "maxLength"]): bound},
                {"type": random.choice(["integer", "number"]), random.choice(["minimum", "maximum"]): bound},
                {random.choice(["exclusiveMinimum", "exclusiveMaximum"]): bound},
                {"type": random.choice(["integer", "number"]), "multipleOf": random.choice([1, 2, 3, 0.5, 1.5])},
                {"enum": random.sample(CONSTANTS, bound + 1)},
                {"type": random.sample(["string", "null", "integer", "boolean", "array", "object"], 2)},
                {"type": random.choice(["string", "integer", "null", "object", "array"])},
                {"type": "string", "pattern": random.choice(PATTERNS)},
                {"pattern": random.choice(PATTERNS)},
                {"const": random.choice(CONSTANTS)},
                True,
                {},
                False,
            ]
        )

    def _object(self) -> dict[str, Any]:
        random = self._random
        keywords: dict[str, Callable[[], Any]] = {
            "type": lambda: "object",
            "properties": lambda: dict.fromkeys(random.sample(NAMES, random.randint(1, 3)), ...),
            "patternProperties": lambda: dict.fromkeys(random.sample(PATTERNS, random.randint(1, 2)), ...),
            "additionalProperties": lambda: random.choice([False, True, ..., ...]),
            "required": lambda: random.sample(NAMES, random.randint(1, 2)),
            "minProperties": lambda: random.randint(0, 2),
            "maxProperties": lambda: random.randint(0, 3),
            "propertyNames": lambda: random.choice([{"maxLength": 1}, {"pattern": "^x-"}, {"enum": ["a", "b"]}]),
            "dependentRequired": lambda: {random.choice(NAMES): random.sample(NAMES, 1)},
            "dependentSchemas": lambda: {random.choice(NAMES): ...},
            "unevaluatedProperties": lambda: random.choice([False, ...]),
            "if": lambda: ...,
            "then": lambda: ...,
            "else": lambda: ...,
        }
        weights = [6, 8, 3, 5, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        return self._some(keywords, weights)

    def _array(self) -> dict[str, Any]:
        random = self._random
        keywords: dict[str, Callable[[], Any]] = {
            "type": lambda: "array",
            "items": lambda: ...,
            "prefixItems": lambda: [...] * random.randint(1, 2),
            "minItems": lambda: random.randint(0, 2),
            "maxItems": lambda: random.randint(0, 3),
            "uniqueItems": lambda: True,
            "contains": lambda: ...,
            "minContains": lambda: random.randint(0, 2),
            "maxContains": lambda: random.randint(0, 2),
            "unevaluatedItems": lambda: random.choice([False, ...]),
        }
        return self._some(keywords, [6, 6, 3, 2, 2, 2, 2, 2, 2, 1])

    def _some(self, keywords: dict[str, Callable[[], Any]], weights: list[int]) -> dict[str, Any]:
        chosen = dict.fromkeys(self._random.choices(list(keywords), weights, k=self._random.randint(2, 5)))
        return {keyword: keywords[keyword]() for keyword in chosen}

    def _combined(self) -> dict[str, Any]:
        random = self._random
        kind = random.choice(["anyOf", "anyOf", "oneOf", "allOf", "not"])
        combined: dict[str, Any] = {kind: ... if kind == "not" else [...] * random.randint(1, 3)}
        beside = random.choice([{}, {}, self._leaf(), self._object()])
        return {**(beside if isinstance(beside, dict) else {}), **combined}

    def changed(self, schema: Any) -> Any:
        """Return a schema of which a part is another one."""
        copied = json.loads(json.dumps(schema))
        places = list(_places(copied))
        for _ in range(self._random.choice([1, 1, 1, 2])):
            self._change(*self._random.choice(places)) if places else None
        return copied if places else self.schema(2)

    def _change(self, holder: Any, step: Any) -> None:  # noqa: C901, PLR0912 -- one case for each kind of keyword
        random = self._random
        if (isinstance(holder, list) and step >= len(holder)) or (isinstance(holder, dict) and step not in holder):
            return
        value = holder[step]
        if step == "$ref":
            holder[step] = random.choice(["#/$defs/D", "#/$defs/E"])
        elif step == "$defs" or (step in _DEFINITIONS and not isinstance(value, dict)):
            return
        elif isinstance(value, bool):
            holder[step] = not value
        elif isinstance(value, int | float):
            holder[step] = max(1, value + 1) if step == "multipleOf" else max(0, value + random.choice([1, -1]))
        elif step == "type" and isinstance(value, str):
            holder[step] = random.choice([["null", "boolean"], "integer", "number", "string", "object"])
        elif step == "pattern":
            holder[step] = random.choice(PATTERNS)
        elif step in {"enum", "required"} and isinstance(value, list):
            more = random.choice(CONSTANTS if step == "enum" else NAMES)
            fresh = [] if more in value else [more]
            holder[step] = value[1:] if random.random() < 0.5 and len(value) > 1 else [*value, *fresh]
        elif step == "const":
            holder[step] = random.choice(CONSTANTS)
        elif isinstance(value, dict) and step in {"properties", "patternProperties", "dependentSchemas"}:
            names = PATTERNS if step == "patternProperties" else NAMES
            if random.random() < 0.4 and len(value) > 1:
                del value[random.choice(sorted(value))]
            else:
                value[random.choice(names)] = self.schema(1)
        elif isinstance(value, list) and step in {"anyOf", "oneOf", "allOf", "prefixItems"}:
            if random.random() < 0.4 and len(value) > 1:
                del value[random.randrange(len(value))]
            else:
                value.append(self.schema(1))
        elif isinstance(value, dict) and random.random() < 0.5:
            more = random.choice([self._leaf(), self._object(), self._array(), self._combined()])
            filled = self._filled(more, 0, references=False)
            holder[step] = {**value, **filled} if isinstance(filled, dict) else filled
        elif isinstance(holder, dict) and random.random() < 0.4 and step not in (*NAMES, *_DEFINITIONS):
            del holder[step]
        elif isinstance(value, dict):
            holder[step] = self.schema(1)

    def values(self, schema: Any, root: Any, depth: int = 3) -> Iterator[Any]:
        """Return values that a schema may be about, valid or not."""
        random = self._random
        for _ in range(12):
            yield self._value(schema, root, depth)
        yield from random.sample(VALUES, 12)

    def _value(self, schema: Any, root: Any, depth: int) -> Any:  # noqa: C901, PLR0911 -- one case for each type
        random = self._random
        if not isinstance(schema, dict) or depth <= 0 or random.random() < 0.08:
            return random.choice(VALUES)
        if "$ref" in schema and random.random() < 0.9:
            return self._value(root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2]), root, depth)
        branches = [b for k in ("anyOf", "oneOf", "allOf") for b in schema.get(k, ())]
        branches += [schema[k] for k in ("then", "else", "if", "not") if k in schema]
        branches += list(schema.get("dependentSchemas", {}).values())
        branch = random.choice(branches) if branches and random.random() < 0.6 else {}
        merged = {**schema, **branch} if isinstance(branch, dict) else schema
        for keyword in ("properties", "patternProperties"):
            both = {**schema.get(keyword, {}), **(branch.get(keyword, {}) if isinstance(branch, dict) else {})}
            merged = {**merged, keyword: both} if both else merged
        if merged.get("enum") and random.random() < 0.8:
            return random.choice(merged["enum"])
        if "const" in merged and random.random() < 0.8:
            return merged["const"]
        kind = merged.get("type")
        kind = random.choice(kind) if isinstance(kind, list) else kind
        if not isinstance(kind, str):
            kind = "object" if any("ropert" in k or k in {"required", "dependentSchemas"} for k in merged) else None
            kind = kind or ("array" if any("tems" in k or "ontains" in k for k in merged) else "other")
        if kind == "object":
            return self._object_of(merged, root, depth)
        if kind == "array":
            return self._array_of(merged, root, depth)
        if kind in {"integer", "number"}:
            near = [v for v in merged.values() if isinstance(v, int | float) and not isinstance(v, bool)] or [1]
            return random.choice(near) + random.choice([0, 1, -1, 0.5, *near])
        if kind == "string":
            return random.choice("ab x-") * random.randint(0, 4) + random.choice(["", "a", "b", "aa", "x-a"])
        return {"null": None, "boolean": random.random() < 0.5}.get(kind, random.choice(VALUES))

    def _object_of(self, schema: dict[str, Any], root: Any, depth: int) -> dict[str, Any]:
        random = self._random
        required = [n for n in schema.get("required", ()) if random.random() < 0.95]
        needed = [n for names in schema.get("dependentRequired", {}).values() for n in names if random.random() < 0.5]
        some = [n for n in (*NAMES, *schema.get("properties", {}), "c") if random.random() < 0.35]
        found = {}
        for name in dict.fromkeys((*required, *needed, *some)):
            options = [schema["properties"][name]] if name in schema.get("properties", {}) else []
            options += [
                part for pattern, part in schema.get("patternProperties", {}).items() if pattern.strip("^$") in name
            ]
            options = options or [schema.get("additionalProperties", True)]
            found[name] = self._value(random.choice(options), root, depth - 1)
        return found

    def _array_of(self, schema: dict[str, Any], root: Any, depth: int) -> list[Any]:
        random = self._random
        prefix = schema.get("prefixItems", [])
        options = [schema.get(k) for k in ("items", "contains", "unevaluatedItems") if k in schema] or [True]
        length = random.randint(0, max(2, len(prefix) + 1))
        items = [
            self._value(prefix[i] if i < len(prefix) else random.choice(options), root, depth - 1)
            for i in range(length)
        ]
        return items + items[:1] if random.random() < 0.15 else items


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return all members and items, with what holds them."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in list(steps):
        yield value, step
        if step not in {"enum", "const", "required"}:
            yield from _places(inner)
