"""Resource schemas."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidSchemasError
from domain.schemas import MAX_RESOURCES, CanonicalJson, ResourceSchema, ResourceSchemas


def _a_schema(resource_type: str = "bucket", **changes: Any) -> ResourceSchema:
    return ResourceSchema(**{"resource_type": resource_type, "provider": "gcp", "resource": resource_type, **changes})


@given(st.sets(st.from_regex(r"[a-zA-Z_/-]{1,6}", fullmatch=True), min_size=1), st.randoms())
def test_schemas_are_sorted_by_resource_type_however_they_are_sent(types: set[str], random: Random) -> None:
    shuffled = sorted(types)
    random.shuffle(shuffled)

    schemas = ResourceSchemas.of({name: _a_schema(name) for name in shuffled})

    assert schemas is not None
    assert [schema.resource_type for schema in schemas] == sorted(types)
    assert schemas == ResourceSchemas.of({name: _a_schema(name) for name in sorted(types)})


def test_no_schemas_at_all_read_as_a_version_without_schemas() -> None:
    assert ResourceSchemas.of({}) is None


def test_schemas_that_differ_anywhere_are_different_sets() -> None:
    variants = [
        _a_schema(),
        _a_schema(provider="aws"),
        _a_schema(resource="disk"),
        _a_schema(description=""),
        _a_schema(config_schema=CanonicalJson.of({})),
        _a_schema(outputs_schema=CanonicalJson.of({})),
    ]

    assert len({ResourceSchemas.of({"bucket": schema}) for schema in variants}) == len(variants)


def test_there_are_at_most_2000_resource_types() -> None:
    names = [f"r{number}" for number in range(MAX_RESOURCES + 1)]

    assert ResourceSchemas.of({name: _a_schema(name) for name in names[:-1]}) is not None
    with pytest.raises(InvalidSchemasError, match="2001"):
        ResourceSchemas.of({name: _a_schema(name) for name in names})


@pytest.mark.parametrize("field", ["resource_type", "provider", "resource"])
@pytest.mark.parametrize("value", ["", " ", "a\nb", "a\x00b", "\ud800", "a" * 201])
def test_names_that_cannot_be_shown_are_refused(field: str, value: str) -> None:
    with pytest.raises(InvalidSchemasError):
        _a_schema(**{field: value})


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "a" * 20_001])
def test_descriptions_that_cannot_be_stored_are_refused(value: str) -> None:
    with pytest.raises(InvalidSchemasError):
        _a_schema(description=value)
