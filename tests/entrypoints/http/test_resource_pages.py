"""The pages of resource types over HTTP."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import ProviderName
from entrypoints.client.resource_files import read_resources
from entrypoints.http.pages.resources import example_text
from tests.entrypoints.http.conftest import Service
from tests.entrypoints.http.test_pages import read
from tests.entrypoints.http.test_pages_fields import HOSTILE
from tests.support.catalogs import SCHEMAS

PROVIDER = "/catalog/platform/gcp"
BUCKET = f"{PROVIDER}/1.0.0/bucket"


def example_of(page: str) -> str:
    found = re.search(r'aria-label="Example of this resource in YAML"><code>(.*?)</code>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


async def test_a_resource_has_a_page_with_an_example_that_dependents_can_use(service: Service, tmp_path: Path) -> None:
    await service.publish(schemas=SCHEMAS)
    file = tmp_path / "bucket.yaml"
    file.write_text(example_of(await read(service, BUCKET)))
    [resource] = read_resources([file])
    assert (resource.provider, resource.used.resource) == (ProviderName.parse("platform/gcp"), "bucket")
    assert jsonschema_rs.is_valid(SCHEMAS["bucket"]["config_schema"], dict(resource.used.config))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1), _VALUES, max_size=4))
def test_whatever_an_example_holds_the_yaml_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, config: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("examples") / "example.yaml"
    text = example_text(ProviderName.parse("acme/redis"), "cache", config)
    file.write_text(text, encoding="utf-8")
    if not any(reference in config for reference in ("$ref", "field", "__dependency__")):
        [resource] = read_resources([file])
        assert resource.used.config == config


_AMBIGUOUS = ("1e3", "-12e03", "0o17", "+.5", "1.", "y", "N", "on", "0x1F", "1_000", "1:30", "~", ".inf", "2001-01-01")


@pytest.mark.parametrize("text", _AMBIGUOUS)
def test_an_example_quotes_what_readers_of_either_version_of_yaml_take_for_no_text(text: str) -> None:
    written = example_text(ProviderName.parse("acme/redis"), "cache", {"field": text})
    assert f"field: '{text}'" in written


@pytest.mark.hostile
def test_what_cannot_be_seen_is_escaped_in_an_example_and_what_can_be_is_not() -> None:
    def written(text: str) -> str:
        return example_text(ProviderName.parse("acme/redis"), "cache", {"field": text})

    assert "field: Größe" in written("Größe")
    for hidden in ("\u202e", "\u2066", "\u200b", "\u2028", "\ufeff", "\U000e0041"):
        assert hidden not in written(f"a{hidden}b")


def test_an_example_says_twice_what_occurs_twice() -> None:
    shared = {"size": [1]}
    written = example_text(ProviderName.parse("acme/redis"), "cache", {"first": shared, "second": shared})
    assert "&" not in written
    assert "*" not in written


async def test_arguments_and_outputs_are_nested_tables_with_anchors(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    page = await read(service, BUCKET)
    assert '<tr id="arguments.retention.days">' in page
    assert 'href="#arguments.retention.exceptions.fields"' in page
    assert '<h3 id="arguments.retention.exceptions.fields">' in page
    assert page.count("immutable</span>") == 1
    assert page.count("sensitive</span>") == 1
    assert "always set</span>" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


async def test_alternatives_are_apart_and_each_has_its_own_required_fields(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    page = await read(service, BUCKET)
    regional, multi = page.split("alternative: Regional")[1].split("alternative: Multi-regional")
    assert "<code>region</code>" in regional
    assert "<code>replicas</code>" not in regional
    assert "<code>replicas</code>" in multi


async def test_versions_are_switched_on_the_same_resource_where_it_is(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    await service.publish("2.0.0", schemas={"bucket": SCHEMAS["bucket"]})
    page = await read(service, f"{PROVIDER}/latest/bucket")
    assert '<option value="2.0.0" selected>2.0.0 (latest)</option>' in page
    for resource, target in (
        ("bucket", f"{PROVIDER}/2.0.0/bucket"),
        ("cloudsql/database", f"{PROVIDER}/2.0.0#resources"),
        ("", f"{PROVIDER}/2.0.0"),
    ):
        answer = await service.client.get(
            f"{PROVIDER}/versions", params={"version": "2.0.0", "resource": resource}, follow_redirects=False
        )
        assert (answer.status_code, answer.headers["location"]) == (303, target)


async def test_names_with_slashes_and_odd_characters_have_pages(service: Service) -> None:
    names = ("cloudsql/database", "a b", "ü/?#%", "compare")
    await service.publish(schemas={name: {"config_schema": {"type": "object"}} for name in names})
    listed = re.findall(rf'href="({PROVIDER}/1\.0\.0/[^"]+)"', await read(service, f"{PROVIDER}/1.0.0"))
    assert len(listed) == len(names)
    for path in listed:
        assert '<h2 id="example">' in await read(service, unescape(path))


async def test_what_is_not_there_is_a_page_that_says_what_is(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    page = await read(service, f"{PROVIDER}/1.0.0/queue", 404)
    assert "it has bucket, cloudsql/database" in page.lower()
    await read(service, f"{PROVIDER}/9.0.0/bucket", 404)


async def test_a_search_finds_resource_types_and_fields_and_says_what_matched(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    page = await read(service, "/?q=bucket")
    assert f'<a href="{BUCKET}">bucket</a>' in page
    assert "1 resource type found" in page
    page = await read(service, "/?q=storage_class")
    assert "has <code>storage_class</code>" in page
    assert "No provider found" in page
    assert "resource type" not in await read(service, "/?q=nothing")


@pytest.mark.hostile
@pytest.mark.parametrize("schema", HOSTILE.values(), ids=HOSTILE)
async def test_the_page_of_a_hostile_schema_stays_small(service: Service, schema: dict[str, object]) -> None:
    answer = await service.post(service.upload(schemas={"bucket": {"config_schema": schema, "outputs_schema": schema}}))
    if answer.status_code == 201:
        assert len((await read(service, BUCKET)).encode()) < 110_000


async def test_a_version_of_very_many_resources_has_a_small_page(service: Service) -> None:
    schemas = {f"{'group' * 10}{number % 40}_{number:04}": {"description": "d" * 500} for number in range(2_000)}
    await service.publish(schemas=schemas)
    for path in (PROVIDER, f"{PROVIDER}/1.0.0"):
        page = await read(service, path)
        assert len(page.encode()) < 100_000
        assert "more are <a href" in page


async def test_pages_say_what_they_are_about_when_they_are_shared(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    page = await read(service, f"{PROVIDER}/latest/bucket")
    assert "<title>bucket · Google Cloud 1.0.0 · Provider Registry</title>" in page
    assert '<meta name="description" content="A storage bucket.">' in page
    assert f'<link rel="canonical" href="{BUCKET}">' in page
    await service.publish("1.1.0", schemas=SCHEMAS)
    pages = ("/", PROVIDER, f"{PROVIDER}/1.0.0", BUCKET, f"{PROVIDER}/compare/1.0.0...1.1.0", "/rules", "/schema")
    for path in pages:
        shown = await read(service, path)
        for needed in (
            "<title>",
            '<meta name="description"',
            f'<link rel="canonical" href="{path}">',
            'property="og:title"',
        ):
            assert shown.count(needed) == 1, (path, needed)


async def test_first_party_and_customers_resources_are_told_apart(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    await service.publish("1.1.0", schemas=SCHEMAS)
    for path in (BUCKET, f"{PROVIDER}/compare/1.0.0...1.1.0", "/?q=storage_class"):
        assert '<span class="badge official">Official</span>' in await read(service, path)


_LARGE_TEXTS: dict[str, dict[str, Any]] = {
    "four bytes": {f"{number}{'💥' * 190}": {"description": "💥" * 100} for number in range(150)},
    "quotes": {f"{number}": {"description": "\"'" * 500, "default": "'" * 200} for number in range(150)},
    "long names": {f"{number}{'a' * 190}": {"properties": {"b" * 190: {"properties": {}}}} for number in range(200)},
}


@pytest.mark.hostile
@pytest.mark.parametrize("properties", _LARGE_TEXTS.values(), ids=_LARGE_TEXTS)
async def test_a_page_is_small_in_bytes_whatever_its_characters_take(
    service: Service, properties: dict[str, Any]
) -> None:
    config = {"properties": properties, "examples": [{"0": '"' * 480}]}
    await service.publish(schemas={"bucket": {"description": '"' * 9_000, "config_schema": config}})
    assert len((await read(service, BUCKET)).encode()) < 100_000


async def test_ids_are_unique_whatever_fields_are_called(service: Service) -> None:
    names = ("a!", "a?", "a-", "a-.2", "a-.3", "fields", "a" * 150, f"{'a' * 150}b")
    await service.publish(schemas={"bucket": {"config_schema": {"properties": {name: {} for name in names}}}})
    ids = re.findall(r' id="([^"]+)"', await read(service, BUCKET))
    assert len(ids) == len(set(ids))


@pytest.mark.hostile
async def test_a_page_of_searches_is_small_whatever_is_found(service: Service) -> None:
    fields: dict[str, object] = {f"bucket{number}" + "'" * 180: {} for number in range(8)}
    metadata = {"display_name": "A", "description": "<" * 5_000}
    schemas = {
        f"{number}{'x' * 150}": {"description": '"' * 500, "config_schema": {"properties": fields}}
        for number in range(20)
    }
    await service.publish(schemas=schemas, metadata=metadata)
    page = await read(service, "/?q=bucket")
    assert page.count("has <code>") == 20
    assert len(page.encode()) < 100_000
    assert len((await read(service, "/")).encode()) < 10_000
