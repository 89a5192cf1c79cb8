"""Comparing single schemas."""

from typing import Any

from domain.compatibility.comparison import compare
from domain.compatibility.report import Report, Side, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas


def canonical(schema: Any) -> CanonicalJson | None:
    return None if schema is None else CanonicalJson.of(schema)


def version(**resources: dict[str, Any]) -> VersionSchemas:
    """Return a version's schemas: for each resource type, schemas by side."""
    entries = {
        name: ResourceSchema(name, "p", name, None, canonical(schemas.get("config")), canonical(schemas.get("outputs")))
        for name, schemas in resources.items()
    }
    return VersionSchemas(ResourceSchemas.of(entries))


def compared(old: Any, new: Any, side: str = "config", severities: dict[RuleId, Verdict] | None = None) -> Report:
    """Compare two schemas of one side of one resource type."""
    return compare(version(bucket={side: old}), version(bucket={side: new}), severities=severities)


def found(old: Any, new: Any, side: str = "config") -> set[tuple[str, str]]:
    """Return the rules and verdicts of all changes."""
    return {(change.rule.value, change.verdict.value) for change in compared(old, new, side).changes}


def closed(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object that has these properties at most, as the platform's models have."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


SIDES = tuple(Side)
