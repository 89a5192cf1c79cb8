"""Since which version resource types and fields are there."""

from random import Random
from typing import Any

import pytest

from domain.field_origins import MAX_VISITS, Origins, Visits, field_paths, first_origins, next_origins
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from entrypoints.http.pages.field_rows import Budget
from entrypoints.http.pages.fields import SchemaReader
from tests.support.random_schemas import Schemas

Described = dict[str, Any]


def schemas_of(described: Described) -> ResourceSchemas:
    """Return schemas by resource type, of what its arguments and outputs are."""
    found = {}
    for name, (arguments, outputs) in described.items():
        documents = [None if each is None else CanonicalJson.of(each) for each in (arguments, outputs)]
        found[name] = ResourceSchema(name, "gcp", name, None, *documents)
    collected = ResourceSchemas.of(found)
    assert collected is not None
    return collected


def origins_of(
    versions: dict[str, Described], *, is_first: bool = True, visits: Visits | None = None
) -> dict[str, Origins]:
    """Follow versions from the first to the last."""
    found: dict[str, Origins] = {}
    last: tuple[Origins, ResourceSchemas] | None = None
    for number, described in versions.items():
        version, schemas = SemVer.parse(number), schemas_of(described)
        if last is None:
            origins = first_origins(version, schemas, is_first=is_first)
        else:
            origins = next_origins(version, schemas, *last, visits or Visits())
        found[number], last = origins, (origins, schemas)
    return found


def fields(*names: str) -> Described:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


def later(origins: Origins, resource_type: str = "bucket") -> dict[str, str]:
    found = origins.fields_of(resource_type)
    return {f"{part}.{path}": since.text for (part, path), since in found.items()}


def test_fields_that_came_with_their_resource_type_are_not_named_and_later_ones_are() -> None:
    found = origins_of(
        {
            "1.0.0": {"bucket": (fields("name"), None)},
            "1.1.0": {"bucket": (fields("name", "size"), fields("url"))},
            "1.2.0": {"bucket": (fields("name", "size", "owner"), fields("url")), "queue": (fields("name"), None)},
        }
    )
    assert later(found["1.0.0"]) == {}
    assert later(found["1.1.0"]) == {"arguments.size": "1.1.0", "outputs.url": "1.1.0"}
    assert later(found["1.2.0"]) == {"arguments.size": "1.1.0", "outputs.url": "1.1.0", "arguments.owner": "1.2.0"}
    sinces = {name: origin.since.text for name, origin in found["1.2.0"].resources.items()}
    assert sinces == {"bucket": "1.0.0", "queue": "1.2.0"}


def test_what_was_gone_for_a_while_is_there_since_it_came_back() -> None:
    found = origins_of(
        {
            "1.0.0": {"bucket": (fields("name", "size"), None), "queue": (fields("name"), None)},
            "2.0.0": {"bucket": (fields("name"), None)},
            "3.0.0": {"bucket": (fields("name", "size"), None), "queue": (fields("name"), None)},
        }
    )
    assert later(found["3.0.0"]) == {"arguments.size": "3.0.0"}
    assert found["3.0.0"].resources["queue"].since.text == "3.0.0"


def test_another_type_or_text_of_a_field_makes_it_no_other_field() -> None:
    changed = {"type": "object", "properties": {"name": {"type": "integer", "description": "Its number."}}}
    found = origins_of({"1.0.0": {"bucket": (fields("name"), None)}, "1.1.0": {"bucket": (changed, None)}})
    assert later(found["1.1.0"]) == {}


def test_where_earlier_versions_were_not_looked_at_nothing_is_said_of_what_may_be_older() -> None:
    found = origins_of(
        {"5.0.0": {"bucket": (fields("name"), None)}, "5.1.0": {"bucket": (fields("name", "size"), None)}},
        is_first=False,
    )
    assert found["5.1.0"].of("bucket") is None
    assert later(found["5.1.0"]) == {"arguments.size": "5.1.0"}


_NESTED: Described = {
    "$defs": {"Tree": {"properties": {"children": {"items": {"$ref": "#/$defs/Tree"}}, "leaf": {}}}},
    "properties": {
        "tree": {"$ref": "#/$defs/Tree"},
        "labels": {"additionalProperties": {"properties": {"value": {}}}},
        "pair": {"prefixItems": [{"properties": {"first": {}}}]},
        "choice": {"oneOf": [{"properties": {"a": {}}}, {"allOf": [{"properties": {"b": {}}}]}]},
    },
}


def test_paths_lead_through_references_items_maps_and_alternatives() -> None:
    outer = ("tree", "tree.children", "tree.leaf", "labels", "labels.*.value", "pair", "pair[0].first")
    assert field_paths(_NESTED, Visits()) == frozenset({*outer, "choice", "choice.a", "choice.b"})


@pytest.mark.parametrize("seed", range(300))
def test_every_field_of_a_page_has_a_path(seed: int) -> None:
    document = Schemas(Random(seed)).document()
    rows = list(SchemaReader(document, Budget(), is_by_level=True).rows())
    paths = field_paths(document, Visits())
    assert paths is not None
    assert {row.path for row in rows} <= paths


def _multiplying(levels: int) -> Described:
    """Return a schema of a few kilobytes with 5 ** levels fields."""
    inner = {
        f"D{level}": {"properties": {name * 150: {"$ref": f"#/$defs/D{level + 1}"} for name in "abcde"}}
        for level in range(levels)
    }
    return {"$defs": inner, "$ref": "#/$defs/D0"}


@pytest.mark.hostile
def test_what_references_multiply_is_not_followed_for_ever() -> None:
    wide: Described = {
        "$defs": {"x": {"properties": {f"f{number}": {} for number in range(2_000)}}},
        "properties": {f"g{number}": {"$ref": "#/$defs/x"} for number in range(2_000)},
    }
    for document in (_multiplying(60), wide):
        visits = Visits()
        assert field_paths(document, visits) is None
        assert visits.left > MAX_VISITS - 15_000


@pytest.mark.hostile
def test_a_resource_type_that_is_too_much_to_look_at_keeps_its_own_origin_and_costs_others_nothing() -> None:
    hostile = [_multiplying(60) | {"title": str(number)} for number in range(3)]
    found = origins_of(
        {
            f"1.{number}.0": {"bucket": (document, None), "queue": (fields("name", *("size",) * (number > 1)), None)}
            for number, document in enumerate(hostile)
        }
    )
    assert found["1.2.0"].resources["bucket"].since.text == "1.0.0"
    assert later(found["1.2.0"]) == {}
    assert later(found["1.2.0"], "queue") == {"arguments.size": "1.2.0"}


@pytest.mark.hostile
def test_one_run_visits_so_much_and_no_more() -> None:
    versions = {
        f"1.{number}.0": {f"r{each}": (fields(f"f{number}", "name"), None) for each in range(50)}
        for number in range(20)
    }
    visits = Visits(500)
    found = origins_of(versions, visits=visits)
    assert visits.left < 0
    assert {name: origin.since.text for name, origin in found["1.19.0"].resources.items()} == dict.fromkeys(
        versions["1.19.0"], "1.0.0"
    )
    assert later(found["1.19.0"], "r49") == {}
