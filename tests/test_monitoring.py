"""Dashboards, alerts and documents name metrics and labels that exist."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from adapters.instrumentation import Stage
from adapters.prometheus.exposition import exposition
from adapters.prometheus.observer import PrometheusObserver
from entrypoints.cli.mirror import verification_metrics
from entrypoints.telemetry import Outcome
from tests.support.observers import a_told_registry

RULES = yaml.safe_load(Path("docker/prometheus/registry.rules.yml").read_text())["groups"][0]["rules"]
SCRAPED = yaml.safe_load(Path("docker/prometheus/prometheus.yml").read_text())
PANELS = json.loads(Path("docker/grafana/registry.json").read_text())["panels"]
DOCUMENT = Path("docs/observability.md").read_text()
TARGETS = [(target["expr"], target["legendFormat"]) for panel in PANELS for target in panel["targets"]]
QUERIES = [*(rule["expr"] for rule in RULES), *(expression for expression, _ in TARGETS)]


def exposed() -> dict[str, set[str]]:
    """Every sample's name and labels, as scraped."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(exposition(a_told_registry(), None).decode()):
        add(found, family)
    return found


def add(found: dict[str, set[str]], family: Metric) -> None:
    for sample in family.samples:
        found.setdefault(sample.name, set()).update(sample.labels)


def collected() -> dict[str, set[str]]:
    """Every sample of a server and of the files that commands write."""
    found = exposed()
    for family in text_string_to_metric_families(verification_metrics({})):
        add(found, family)
    return found


def names(query: str) -> set[str]:
    return set(re.findall(r"\bregistry_\w+", query))


def strange(query: str) -> list[str]:
    """What a query names and the registry does not expose."""
    samples = collected()
    wrong = sorted(names(query) - samples.keys())
    for name, matchers in re.findall(r"\b(registry_\w+)\{([^}]*)\}", query):
        wrong += [f"{name}.{label}" for label in re.findall(r"(\w+)\s*[=!]", matchers) if label not in samples[name]]
    labels = {label for name in names(query) & samples.keys() for label in samples[name]}
    grouped = re.findall(r"\b(?:by|ignoring|on|without)\s*\(([^)]*)\)", query)
    return wrong + [label for group in grouped for label in re.findall(r"\w+", group) if label not in labels]


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_names_what_is_exposed(query: str) -> None:
    assert names(query)
    assert strange(query) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sum(registry_nonsense)", ["registry_nonsense"]),
        ('registry_build_info{colour="red"}', ["registry_build_info.colour"]),
        ("sum(registry_stages_in_flight) by (colour)", ["colour"]),
    ],
)
def test_a_query_that_names_something_else_would_be_noticed(query: str, found: list[str]) -> None:
    assert strange(query) == found


def test_what_alerts_and_panels_compare_labels_with_can_happen() -> None:
    compared = {match for query in QUERIES for match in re.findall(r'(outcome|stage)="(\w+)"', query)}
    possible = {("outcome", outcome.value) for outcome in Outcome} | {("stage", stage.value) for stage in Stage}

    assert compared
    assert compared <= possible | {("outcome", "answered"), ("outcome", "failed")}


@pytest.mark.parametrize(("query", "legend"), TARGETS)
def test_a_legend_shows_labels_that_its_query_keeps(query: str, legend: str) -> None:
    kept = {label for group in re.findall(r"\bby\s*\(([^)]*)\)", query) for label in re.findall(r"\w+", group)}

    assert set(re.findall(r"\{\{(\w+)\}\}", legend)) == kept - {"le"}


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {base(name) for expression, _ in TARGETS for name in names(expression)}

    assert shown == {base(name) for name in exposed()}


@pytest.mark.parametrize("realm", ["console", "customer"])
def test_the_first_defect_is_an_increase(realm: str) -> None:
    registry, labels = CollectorRegistry(), {"realm": realm, "outcome": "error", "code": "internal_error"}
    observer = PrometheusObserver(registry)

    before = registry.get_sample_value("registry_registrations_total", labels)
    observer.registered(realm, Outcome.ERROR, "internal_error", 0.5)

    assert before == 0
    assert registry.get_sample_value("registry_registrations_total", labels) == 1


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    assert [rule["alert"] for rule in RULES if set(rule["annotations"]) != {"summary", "description"}] == []
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}


def test_prometheus_finds_the_rules_and_the_registry_of_the_compose_file() -> None:
    services = yaml.safe_load(Path("docker/compose.yaml").read_text())["services"]
    (exposed,) = re.findall(r"^EXPOSE (\d+)", Path("docker/Dockerfile").read_text(), re.MULTILINE)
    (target,) = SCRAPED["scrape_configs"][0]["static_configs"][0]["targets"]

    assert [file for file in SCRAPED["rule_files"] if not (Path("docker/prometheus") / file).is_file()] == []
    assert target.removesuffix(f":{exposed}") in services


def test_the_documented_metrics_are_exactly_those_that_are_exposed() -> None:
    rows = re.findall(r"^\| `(registry_\w+)` \| (\w+) \| ([^|]*) \|", DOCUMENT, re.MULTILINE)
    documented = {(name, kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    served = exposition(a_told_registry(), None).decode()
    families = (
        family for text in (served, verification_metrics({})) for family in text_string_to_metric_families(text)
    )
    real = {
        (family.name + "_total" * (family.type == "counter"), family.type, frozenset(family.samples[0].labels) - {"le"})
        for family in families
        if not family.name.endswith("_created")
    }

    assert len(rows) == len(documented)
    assert documented == real


def base(name: str) -> str:
    return re.sub(r"_(?:bucket|count|sum|created|total)$", "", name)
