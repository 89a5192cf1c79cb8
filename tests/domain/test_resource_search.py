"""By what resource types are found, whatever their schemas hold."""

import pytest

from domain.schemas import CanonicalJson, ResourceSchema
from domain.search import MAX_FIELDS, Query, ResourceEntry, words

_EIGHTEEN = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"  # characters in the form that is searched


def entry(*fields: str) -> ResourceEntry:
    schema = CanonicalJson.of({"properties": {name: {} for name in fields}})
    return ResourceEntry.of(
        ResourceSchema(resource_type="bucket", provider="gcp", resource="bucket", config_schema=schema)
    )


@pytest.mark.hostile
def test_names_that_are_long_once_they_are_read_are_not_searched() -> None:
    assert entry(*(str(number) + _EIGHTEEN * 100 for number in range(9))).fields == ()


@pytest.mark.hostile
def test_each_field_is_read_once_however_many_words_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = entry(*(f"field_{number}" for number in range(MAX_FIELDS)))
    name, field = Query.parse("bucket"), Query.parse("aa bb cc dd ee ff 199")
    read: list[str] = []

    def words_of(text: str) -> list[str]:
        read.append(text)
        return words(text)

    monkeypatch.setattr("domain.search.words", words_of)

    assert found.matching_fields(name) == ()
    assert read == []
    assert found.matching_fields(field) == ("field_199",)
    assert len(read) == MAX_FIELDS
