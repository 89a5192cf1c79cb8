"""Documents that must not drift from the code."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
import yaml
from typer.core import TyperGroup

from domain.errors import AnnouncementRefusedError, RegistryError, SchemaProblem, WheelProblem
from domain.provenance import errors as _errors  # noqa: F401 - likewise
from entrypoints.cli.lazy import COMMANDS
from entrypoints.http import app as _app  # noqa: F401 - it imports every refusal
from entrypoints.http import problems
from entrypoints.http.openapi.document import operations
from entrypoints.http.openapi.refusals import REFUSALS, REFUSALS_WITH_ATTESTATIONS
from entrypoints.http.problems import STATUSES, status_of
from tools.reference import api_document, api_page


def _concrete(root: type[RegistryError] = RegistryError) -> set[type[RegistryError]]:
    below = {kind for child in root.__subclasses__() for kind in _concrete(child)}
    return below | ({root} if hasattr(root, "code") else set())


def test_every_refusal_has_a_status() -> None:
    kinds = _concrete()

    assert len(kinds) > 20
    assert all(400 <= status_of(kind) < 600 for kind in kinds)


def test_every_entry_of_the_status_table_serves_a_refusal() -> None:
    used = {next(ancestor for ancestor in kind.__mro__ if ancestor in STATUSES) for kind in _concrete()}
    used.add(AnnouncementRefusedError)  # its codes are those of WheelProblem and SchemaProblem

    assert used == set(STATUSES)


def test_the_documented_codes_are_exactly_those_of_the_code() -> None:
    document = Path("docs/errors.md").read_text()
    documented = re.findall(r"^\| `([a-z0-9_]+)` \|", document.partition("## Codes")[2], re.MULTILINE)
    source = Path(problems.__file__).read_text()
    http_codes = set(re.findall(r'HTTPStatus\.[A-Z_]+: "([a-z_]+)"', source)) | {"internal_error"}

    assert len(documented) == len(set(documented))
    faults = {fault.value for fault in (*WheelProblem, *SchemaProblem)}
    assert set(documented) == {kind.code for kind in _concrete()} | faults | http_codes


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*Path().glob("*.md"), *Path("docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())]

    assert len(links) > 10
    assert [(str(page), link) for page, link in links if not (page.parent / link).exists()] == []


def test_the_site_leads_to_every_document() -> None:
    navigation = Path("mkdocs.yml").read_text().partition("\nnav:")[2]
    linked = set(re.findall(r"([\w/.-]+\.md)$", navigation, re.MULTILINE))
    decisions = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", Path("docs/decisions/README.md").read_text()))

    assert {path.relative_to("docs").as_posix() for path in Path("docs").rglob("*.md")} <= linked | {
        f"decisions/{name}" for name in decisions
    }


def test_the_figures_of_the_client_are_the_same_in_every_document() -> None:
    pages = [Path("docs/cli.md"), Path("docs/guides/release-engineer.md")]
    figures = [re.search(r"(\d+) packages (?:of|and) (\d+) MB", page.read_text()) for page in pages]

    assert {figure and figure.groups() for figure in figures} == {("23", "33")}


def test_the_table_of_faults_names_exactly_the_tests_that_do_them() -> None:
    shown = re.findall(r"`(test_\w+\.py)::(test_\w+)`", Path("docs/faults.md").read_text())
    done = [
        (module.name, test)
        for module in Path("tests").rglob("test_*.py")
        if re.search(r"^pytestmark = pytest.mark.faults$", module.read_text(), re.MULTILINE)
        for test in re.findall(r"^def (test_\w+)", module.read_text(), re.MULTILINE)
    ]

    assert len(done) > 10
    assert sorted(shown) == sorted(done)


def test_the_playbook_has_every_code_that_an_operator_has_to_mend() -> None:
    playbook = Path("docs/operations.md").read_text().partition("### By code")[2].partition("### By alert")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \((\d+)\)", playbook, re.MULTILINE)
    documented = re.findall(r"^\| `([a-z0-9_]+)` \| (\d+) \|", Path("docs/errors.md").read_text(), re.MULTILINE)

    assert set(rows) == {row for row in documented if row[1] >= "500" or row[1] in {"401", "429"}}


def test_the_playbook_has_every_alert() -> None:
    rules = re.findall(r"- alert: (\w+)", Path("docker/prometheus/registry.rules.yml").read_text())
    playbook = Path("docs/operations.md").read_text().partition("### By alert")[2]

    assert re.findall(r"^\| `(\w+)` \|", playbook, re.MULTILINE) == rules


def test_every_test_that_the_security_model_names_exists() -> None:
    named = re.findall(
        r"`((?:tests|src/provider_registry_testing)/[\w/]+\.py)(?:::(test_\w+))?`", Path("docs/security.md").read_text()
    )
    rows = re.findall(
        r"^\| (?!threat|who|---).* \| (.+) \|$",
        Path("docs/security.md").read_text().partition("## Threats")[2],
        re.MULTILINE,
    )

    assert len(named) > 50
    assert [row for row in rows if "`tests/" not in row] == []
    assert [name for name in named if not _is_there(*name)] == []


def _is_there(module: str, test: str) -> bool:
    path = Path(module)
    return path.exists() and (
        not test or re.search(rf"^ *(?:async )?def {test}\(", path.read_text(), re.MULTILINE) is not None
    )


def test_the_documented_codes_of_the_client_are_exactly_its_own() -> None:
    table = Path("docs/cli.md").read_text().partition("one of the client's own:")[2]
    documented = re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`[^|]*)\|", table, re.MULTILINE)))
    source = "".join(path.read_text() for path in Path("src/entrypoints/client").glob("*.py"))

    assert sorted(documented) == sorted(set(re.findall(r'code ?= ?"([a-z_]+)"', source)) | {"unexpected_answer"})


async def test_the_reference_has_every_operation_that_there_is() -> None:
    document = await api_document()

    shown = {operation["operationId"] for _, _, operation in operations(dict(document))}
    assert shown == REFUSALS.keys() | REFUSALS_WITH_ATTESTATIONS.keys()
    assert "[Provider version](#ProviderVersionView)" in api_page(document)
    assert "### Provider version { #ProviderVersionView }" in api_page(document)


def test_the_pipelines_in_the_guides_have_inputs_that_exist() -> None:
    pages = "".join(page.read_text() for page in Path("docs/guides").glob("*.md"))
    blocks = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", pages, re.MULTILINE | re.DOTALL)]
    action, component = (
        yaml.safe_load(Path("action.yml").read_text()),
        next(yaml.safe_load_all(Path("templates/release.yml").read_text())),
    )
    steps = [
        step
        for block in blocks
        for step in (block if isinstance(block, list) else [*block.get("jobs", {}).get("release", {}).get("steps", [])])
        if "provider-registry@" in step.get("uses", "")
    ]
    included = [each for block in blocks if isinstance(block, dict) for each in block.get("include", [])]

    assert (len(steps), len(included)) == (3, 1)
    assert {name for step in steps for name in step["with"]} <= set(action["inputs"])
    assert set(included[0]["inputs"]) <= set(component["spec"]["inputs"])


def test_every_command_and_option_in_the_documents_exists() -> None:
    pages = [*Path().glob("*.md"), *Path("docs").rglob("*.md")]
    written = [
        (str(page), words)
        for page in pages
        for words in re.findall(r"(?:provider-registry|as_registry) ([a-z][^`\n|;]*)", page.read_text())
        if words.partition(" ")[0] in COMMANDS
    ]

    assert len(written) > 80
    assert [(page, words, unknown) for page, words in written if (unknown := _unknown_in(words))] == []


def _unknown_in(words: str) -> set[str]:
    """Return the options of a written command that it does not have; its subcommand, if that does not exist."""
    first, _, rest = words.partition(" ")
    command: Any = typer.main.get_command(import_module(f"entrypoints.cli.{first}").app)
    if isinstance(command, TyperGroup):
        second = re.match(r"[a-z]+", rest)
        if second is None:
            return set()  # the group as such
        if second[0] not in command.commands:
            return {second[0]}
        command = command.commands[second[0]]
    options = {option for each in command.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)) - options
