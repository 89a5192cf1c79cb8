"""``provider-registry check``: whether an upgrade breaks resources in files, through every layer."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run

MARKER = "s3cr3t-marker"
RESOURCES = f"""
provider: gcp
resource: bucket
name: assets
config:
  tier: {MARKER}
---
provider: gcp
resource: bucket
name: logs
config: {{}}
---
provider: gcp
resource: bucket
name: copies
config:
  size:
    $ref: {{provider: gcp, resource: bucket, name: logs, field: outputs.url}}
"""
REFERENCE = {"type": "object", "required": ["provider", "resource", "name", "field"]}


def schemas(**config: Any) -> dict[str, Any]:
    properties = {name: {"anyOf": [schema, REFERENCE]} for name, schema in config.items()}
    return {
        "bucket": {
            "config_schema": {"type": "object", "properties": properties, "additionalProperties": False},
            "outputs_schema": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
        }
    }


def test_resources_in_files_are_checked_before_an_upgrade(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "resources.yaml"
    file.write_text(RESOURCES)
    text, number = {"type": "string"}, {"type": "integer"}
    environment = {"REGISTRY_URL": stack.url, "NO_PROXY": "127.0.0.1"}
    with stack.server() as process:
        stack.wait_until_ready(process)
        for version, announced in (
            ("1.0.0", schemas(tier=text, size=text)),
            ("1.1.0", schemas(tier=text, size=text, label=text)),
            ("2.0.0", schemas(size=number)),
        ):
            assert stack.post({**stack.upload(version), "schemas": announced}).status_code == 201
        broken = run("check", str(file), "--from", "gcp=1.0.0", **environment)
        safe = run("check", str(file), "--from", "1.0.0", "--to", "gcp=1.1.0", **environment)
        shown = json.loads(run("check", str(file), "--from", "1.0.0", "--json", **environment).stdout)
        absent = run("check", str(file), "--to", "9.9.9", **environment)

    assert broken.returncode == 1, broken.stderr
    assert broken.stdout.splitlines() == [
        f"✗ {file}: platform/gcp bucket assets: Additional properties are not allowed ('tier' was unexpected)",
        f"✓ {file}: platform/gcp bucket logs",
        f"✗ {file}: platform/gcp bucket copies: size: output bucket.url does not fit the field that it feeds",
    ]
    assert broken.stderr == "platform/gcp 2.0.0 breaks 2 of 3; the newest safe version: 1.1.0\n"
    assert (safe.returncode, [line[0] for line in safe.stdout.splitlines()]) == (0, ["✓"] * 3)
    assert (shown["breaks"], shown["providers"][0]["resources"][0]["file"]) == (True, str(file))
    assert (absent.returncode, absent.stderr.partition(":")[0]) == (1, "✗ version_not_found")
    assert MARKER not in f"{broken}{safe}{shown}{absent}"
    assert MARKER not in stack.log.read_text()
