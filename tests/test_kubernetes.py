"""The manifests agree with the image, the settings and the registry's own stance. No cluster is needed to know that."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.https import special_purpose_ranges
from adapters.https.special_purpose_ranges import IPNetwork
from adapters.postgres.engine import ConnectionOptions
from entrypoints.http.routes.health import health, ready
from entrypoints.settings import ConsoleSettings, WheelSettings, variable_of
from tests.e2e.test_command_line import run
from tests.test_docker import DOCKERFILE, SPOOL, VARIABLES

FILES = {path.name: yaml.safe_load(path.read_text()) for path in Path("docker/kubernetes").glob("*.yaml")}
SETTINGS = FILES["settings.yaml"]["data"]
SECRETS = FILES["secret.example.yaml"]["stringData"]
TEMPLATES = {name: FILES[name]["spec"]["template"] for name in ("deployment.yaml", "migration.yaml")}
PODS = {name: template["spec"] for name, template in TEMPLATES.items()}
CONTAINERS = {name: pod["containers"][0] for name, pod in PODS.items()}
SERVER, POD = CONTAINERS["deployment.yaml"], PODS["deployment.yaml"]
EGRESS = FILES["network.yaml"]["spec"]["egress"]
OPENED = [peer["ipBlock"] for rule in EGRESS for peer in rule["to"] if "ipBlock" in peer]
BLOCKED = [block for block, _ in (*special_purpose_ranges._NEVER_ROUTABLE, *special_purpose_ranges._SPECIAL_PURPOSE)]


def size(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([MG]i)", text).groups()  # type: ignore[union-attr]  # else the test fails
    return int(number) * {"Mi": 2**20, "Gi": 2**30}[unit]


def test_every_file_is_of_a_kind_that_a_cluster_knows() -> None:
    assert {(file["apiVersion"], file["kind"]) for file in FILES.values()} == {
        ("apps/v1", "Deployment"),
        ("batch/v1", "Job"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("policy/v1", "PodDisruptionBudget"),
        ("v1", "ConfigMap"),
        ("v1", "Secret"),
        ("v1", "Service"),
    }


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_command_is_one_of_the_image_s_entry_point(name: str) -> None:
    assert "command" not in CONTAINERS[name]
    assert run(*CONTAINERS[name]["args"], "--help").returncode == 0


def test_every_variable_is_a_setting_and_is_given_once() -> None:
    assert SETTINGS.keys() | SECRETS.keys() <= VARIABLES
    assert not SETTINGS.keys() & SECRETS.keys()


def test_what_is_secret_is_in_the_secret() -> None:
    assert SECRETS.keys() == {"DATABASE_URL", variable_of(ConsoleSettings, "clerk_secret_key")}


def test_the_variables_are_enough_to_start() -> None:
    filled = {name: value + "x" * value.endswith("_") for name, value in {**SETTINGS, **SECRETS}.items()}

    checked = run("settings", "check", **filled)

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("deployment.yaml", {"configMapRef": "settings.yaml", "secretRef": "secret.example.yaml"}),
        ("migration.yaml", {"secretKeyRef": "secret.example.yaml"}),
    ],
)
def test_what_a_container_takes_from_elsewhere_is_there(name: str, kept: dict[str, str]) -> None:
    keys = {entry["name"]: entry["valueFrom"] for entry in CONTAINERS[name].get("env", ())}
    sources = [*keys.values(), *CONTAINERS[name].get("envFrom", ())]
    taken = {kind: reference["name"] for source in sources for kind, reference in source.items()}

    assert taken == {kind: FILES[file]["metadata"]["name"] for kind, file in kept.items()}
    assert [variable for variable, source in keys.items() if source["secretKeyRef"]["key"] != variable] == []
    assert keys.keys() <= SECRETS.keys()


def test_probes_ask_for_routes_that_there_are_on_the_port_that_is_served() -> None:
    (port,) = SERVER["ports"]
    probes = {name: SERVER[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}

    assert f"REGISTRY_PORT={port['containerPort']}" in DOCKERFILE
    assert {probe["port"] for probe in probes.values()} == {port["name"]}
    assert {probes["readinessProbe"]["path"]} == ready.paths
    assert {probes["livenessProbe"]["path"]} == {probes["startupProbe"]["path"]} == health.paths
    assert FILES["service.yaml"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert SERVER["readinessProbe"]["timeoutSeconds"] > ConnectionOptions().pool_timeout


def test_a_rollout_takes_no_replica_away_before_another_is_ready_and_a_failed_migration_is_tried_again() -> None:
    assert FILES["deployment.yaml"]["spec"]["strategy"] == {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert FILES["migration.yaml"]["spec"]["backoffLimit"] > 1
    assert PODS["migration.yaml"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("name", PODS)
def test_no_container_is_root_or_may_become_it_or_writes_to_its_image(name: str) -> None:
    pod, own = PODS[name], CONTAINERS[name]["securityContext"]

    assert pod["securityContext"]["runAsNonRoot"]
    assert f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" in DOCKERFILE
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (own["readOnlyRootFilesystem"], own["allowPrivilegeEscalation"]) == (True, False)
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    assert CONTAINERS[name]["resources"]["limits"].keys() >= {"cpu", "memory"}


def test_only_the_spool_and_the_temporary_folder_can_be_written() -> None:
    assert {mount["mountPath"] for mount in SERVER["volumeMounts"]} == {SPOOL, "/tmp"}
    assert {mount["name"] for mount in SERVER["volumeMounts"]} == {volume["name"] for volume in POD["volumes"]}
    assert POD["securityContext"]["fsGroup"] == POD["securityContext"]["runAsGroup"]


def test_the_spool_holds_as_many_of_the_largest_wheels_as_are_fetched_at_once() -> None:
    (spool,) = (volume["emptyDir"] for volume in POD["volumes"] if volume["name"] == "spool")
    most = (int(SETTINGS[variable_of(WheelSettings, field)]) for field in ("max_concurrent", "max_bytes"))

    assert size(spool["sizeLimit"]) > next(most) * next(most)
    assert "medium" not in spool


def test_a_pod_is_given_longer_to_end_than_a_wheel_may_take() -> None:
    deadline = float(SETTINGS[variable_of(WheelSettings, "deadline_seconds")])

    assert POD["terminationGracePeriodSeconds"] > deadline + SERVER["lifecycle"]["preStop"]["sleep"]["seconds"]


def test_selectors_choose_the_server_and_not_the_migration() -> None:
    labels = {name: template["metadata"]["labels"].items() for name, template in TEMPLATES.items()}
    spread = POD["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]
    selectors = [
        spread,
        FILES["service.yaml"]["spec"]["selector"],
        FILES["deployment.yaml"]["spec"]["selector"]["matchLabels"],
        FILES["disruption.yaml"]["spec"]["selector"]["matchLabels"],
    ]

    for selector in selectors:
        assert selector.items() <= labels["deployment.yaml"]
        assert not selector.items() <= labels["migration.yaml"]
    for label in labels.values():
        assert FILES["network.yaml"]["spec"]["podSelector"]["matchLabels"].items() <= label


def test_one_replica_stays_while_a_node_is_drained() -> None:
    assert FILES["disruption.yaml"]["spec"]["maxUnavailable"] < FILES["deployment.yaml"]["spec"]["replicas"]


def test_both_pods_run_one_image_of_this_release() -> None:
    release = re.search(r'^version = "(.+)"', Path("pyproject.toml").read_text(), re.MULTILINE)

    assert release
    assert {container["image"] for container in CONTAINERS.values()} == {f"provider-registry:{release[1]}"}


def is_closed(block: IPNetwork) -> bool:
    """Tell whether no address of a block is let out to."""
    for opened in OPENED:
        whole = ip_network(opened["cidr"])
        if whole.version == block.version and whole.overlaps(block):
            excepted = [ip_network(text) for text in opened["except"]]
            if not any(block.subnet_of(exception) for exception in excepted):  # type: ignore[arg-type]  # one version
                return False
    return True


def test_nothing_is_let_out_to_what_the_registry_itself_refuses() -> None:
    assert len(BLOCKED) > 30
    assert [str(block) for block in BLOCKED if not is_closed(block)] == []


@pytest.mark.parametrize("address", ["1.1.1.1/32", "93.184.216.34/32", "2606:4700::1111/128"])
def test_public_addresses_are_let_out_to(address: str) -> None:
    assert not is_closed(ip_network(address))


def test_public_addresses_are_let_out_to_by_https_only() -> None:
    (ports,) = (rule["ports"] for rule in EGRESS if any("ipBlock" in peer for peer in rule["to"]))

    assert ports == [{"protocol": "TCP", "port": 443}]


def test_it_is_called_by_its_proxy_and_by_prometheus_alone() -> None:
    (rule,) = FILES["network.yaml"]["spec"]["ingress"]
    namespaces = [peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in rule["from"]]

    assert namespaces == ["ingress", "monitoring"]
    assert rule["ports"] == [{"protocol": "TCP", "port": SERVER["ports"][0]["name"]}]


def test_beside_them_only_names_and_the_database_are_reached() -> None:
    others: list[Any] = [rule["ports"] for rule in EGRESS if not any("ipBlock" in peer for peer in rule["to"])]

    assert sorted({port["port"] for ports in others for port in ports}) == [53, 5432]
    assert FILES["network.yaml"]["spec"]["policyTypes"] == ["Ingress", "Egress"]
