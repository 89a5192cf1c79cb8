"""Files of resources are read as dependents write them, and no complaint shows what is in them."""

import json
from pathlib import Path

import pytest

from entrypoints.client.errors import UnusableError
from entrypoints.client.resource_files import FileResource, read_resources

MARKER = "s3cr3t-marker"
DATABASE = """
provider: mycompany
resource: database
name: analytics
config:
  size_gb: 100
  since: 2026-01-02
  credentials:
    $ref: {provider: gcp, resource: secret, name: creds, field: outputs.data}
"""
SECRET = """
provider: platform/gcp
resource: secret
name: creds
config: {}
"""


def read(tmp_path: Path, text: str, name: str = "resources.yaml") -> list[FileResource]:
    path = tmp_path / name
    path.write_text(text)
    return read_resources([path])


def test_several_documents_are_several_resources(tmp_path: Path) -> None:
    database, secret = read(tmp_path, f"{DATABASE}---\n{SECRET}---\n")

    assert (database.provider.canonical, secret.provider.canonical) == ("platform/mycompany", "platform/gcp")
    assert (database.body["resource"], database.body["name"]) == ("database", "analytics")
    assert database.body["config"]["since"] == "2026-01-02"  # a text in JSON, no date


def test_a_resource_is_used_where_one_of_another_provider_refers_to_it(tmp_path: Path) -> None:
    other = SECRET.replace("creds", "others")

    database, secret, unused = read(tmp_path, f"{DATABASE}---{SECRET}---{other}")

    assert [each.body["uses"] for each in (database, secret, unused)] == [[], ["outputs.data"], []]


@pytest.mark.parametrize("many", [False, True])
def test_json_has_a_resource_or_a_list(tmp_path: Path, many: bool) -> None:
    resource = {"provider": "acme/gcp", "resource": "bucket", "config": {"a": 1}}

    [found] = read(tmp_path, json.dumps([resource] if many else resource), "resources.json")

    assert found.provider.canonical == "acme/gcp"
    assert found.body == {"resource": "bucket", "config": {"a": 1}, "uses": []}


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there is no resource"),
        (f"{MARKER}: [", ", line 1: this is no YAML"),
        (f"a: !!python/object/apply:os.system ['{MARKER}']", "this is no YAML"),
        (MARKER, "resource 1: it is no mapping"),
        (f"resource: bucket\nconfig: {{a: {MARKER}}}", "provider is missing"),
        (f"provider: gcp\nconfig: {{a: {MARKER}}}", "resource is missing"),
        (f"provider: gcp\nresource: bucket\nconfig: [{MARKER}]", "config a mapping"),
        (f"provider: gcp\nresource: bucket\nconfig: {{1: {MARKER}}}", "a key is no text"),
        (f"provider: gcp\nresource: bucket\nconfig: {{a: !!binary {MARKER}aaa}}", "no"),
        ("provider: gcp\nresource: bucket\nconfig: {a: .inf}", "no form in JSON"),
        ("provider: G C P\nresource: bucket", "provider:"),
        (
            "provider: gcp\nresource: bucket\nconfig:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
            "more than 200000 values",
        ),
        ("provider: gcp\nresource: bucket\nconfig: &c\n  a: *c", "too deep"),
    ],
)
def test_what_holds_no_resources_is_unusable(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UnusableError) as refused:
        read(tmp_path, text)

    assert complaint in refused.value.detail
    assert MARKER not in refused.value.detail


def test_a_file_that_is_not_there_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="cannot read"):
        read_resources([tmp_path / "none.yaml"])
