"""The OpenAPI document before linters and client generators of others; run by ``make test-openapi``."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.settings import TracingSettings
from tests.entrypoints.http.conftest import serving

NODE = Path(os.environ["OPENAPI_NODE_MODULES"]).absolute()
PYTHON = Path(os.environ["OPENAPI_PYTHON"]).absolute()
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false"}
BUNDLE = """
const parser = (await import(process.argv[1])).default;
await parser.validate(process.argv[2]);
console.log(JSON.stringify(await parser.dereference(process.argv[2], { dereference: { circular: "ignore" } })));
"""
READ = """
import json, sys
from provider_registry_client.models import Problem, ProviderPage, ProviderVersion
for name, value in json.load(sys.stdin).items():
    read = {"version": ProviderVersion, "page": ProviderPage, "problem": Problem}[name].from_dict(value)
    assert read.to_dict() == value, name
"""


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document with every route in it, as a file."""

    async def read() -> bytes:
        telemetry = open_telemetry(TracingSettings())
        url = "https://registry.invalid"
        async with serving(MemoryAdapters(), customer_realm=True, telemetry=telemetry, public_url=url) as service:
            return (await service.client.get("/schema/openapi.json")).content

    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_bytes(asyncio.run(read()))
    return path


def run(*command: str | Path, sent: str | None = None, folder: Path | None = None, **variables: str) -> str:
    environment = {**os.environ, **QUIET, **variables}
    done = subprocess.run(command, input=sent, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def example(document: Path, path: str, status: str, media_type: str = "application/json") -> Any:
    answers = json.loads(document.read_text())["paths"][path]["get"]["responses"]
    return next(iter(answers[status]["content"][media_type]["examples"].values()))["value"]


def test_swagger_parser_validates_it_and_resolves_every_reference(document: Path) -> None:
    parser = NODE / "@apidevtools/swagger-parser/lib/index.js"
    bundled = json.loads(run("node", "--input-type=module", "-e", BUNDLE, parser, document))
    assert bundled["info"]["title"] == "Provider Registry"


def test_redocly_has_nothing_to_say(document: Path) -> None:
    known = ("--skip-rule", "no-ambiguous-paths")  # /organizations/me is the platform's, beside /organizations/{id}
    said = run(NODE / ".bin/redocly", "lint", "--extends", "recommended", *known, "--format", "json", document)
    assert json.loads(said)["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_redocly_bundles_it(document: Path, tmp_path: Path) -> None:
    run(NODE / ".bin/redocly", "bundle", document, "--dereferenced", "-o", tmp_path / "bundled.json")
    assert (tmp_path / "bundled.json").stat().st_size > document.stat().st_size


def test_spectral_has_nothing_to_say(document: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    run(NODE / ".bin/spectral", "lint", "--ruleset", rules, "--fail-severity", "hint", document)


def test_openapi_python_client_generates_a_client_that_reads_the_examples(document: Path, tmp_path: Path) -> None:
    client = tmp_path / "client"
    said = run(
        *(
            PYTHON / "bin/openapi-python-client",
            "generate",
            "--path",
            document,
            "--output-path",
            client,
            "--meta",
            "none",
        ),
        folder=tmp_path,
        PATH=f"{PYTHON / 'bin'}:{os.environ['PATH']}",
    )
    assert "Warning" not in said
    client.rename(tmp_path / "provider_registry_client")
    version = "/providers/{prefix}/{name}/versions/{version}"
    examples = {
        "version": example(document, version, "200"),
        "page": example(document, "/providers", "200"),
        "problem": example(document, version, "404", "application/problem+json"),
    }
    run(PYTHON / "bin/python", "-c", READ, sent=json.dumps(examples), folder=tmp_path)


@pytest.mark.parametrize("language", ["python", "typescript-fetch", "go", "java", "csharp"])
def test_openapi_generator_generates_a_client(document: Path, tmp_path: Path, language: str) -> None:
    command = PYTHON / "bin/openapi-generator-cli"
    said = run(command, "validate", "--recommend", "-i", document)
    run(command, "generate", "-i", document, "-g", language, "-o", tmp_path)
    assert "No validation issues detected" in said
    if language == "python":
        run(sys.executable, "-m", "compileall", "-q", tmp_path)
