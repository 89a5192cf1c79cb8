"""The example for CloudNativePG agrees with the other manifests, the command line and the documentation.

`make cloudnative-pg` holds the cluster against CloudNativePG's own schema.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from adapters.postgres.engine import ConnectionOptions
from tests.e2e.test_command_line import run
from tests.test_kubernetes import FILES as REGISTRY

FOLDER = Path("docker/kubernetes/cloudnative-pg")
FILES = {path.name: yaml.safe_load(path.read_text()) for path in FOLDER.glob("*.yaml")}
CLUSTER, ROLE = FILES["cluster.yaml"], FILES["role.example.yaml"]
NAME, SPEC = CLUSTER["metadata"]["name"], CLUSTER["spec"]
OWNER = SPEC["bootstrap"]["initdb"]["owner"]
(SERVING,) = SPEC["managed"]["roles"]
PATCHES = {kind: FILES[f"{kind}.patch.yaml"]["spec"]["template"]["spec"] for kind in ("deployment", "migration")}
CONTAINERS = {kind: patch["containers"][0] for kind, patch in PATCHES.items()}
VARIABLES = {kind: {each["name"]: each for each in container["env"]} for kind, container in CONTAINERS.items()}


def test_every_manifest_has_a_test() -> None:
    assert FILES.keys() == {"cluster.yaml", "role.example.yaml", "deployment.patch.yaml", "migration.patch.yaml"}


def test_a_commit_is_acknowledged_by_a_standby_and_a_node_can_be_drained_meanwhile() -> None:
    synchronous = SPEC["postgresql"]["synchronous"]

    assert synchronous == {"method": "any", "number": 1, "dataDurability": "required", "failoverQuorum": True}
    assert SPEC["instances"] - 1 > synchronous["number"]
    assert SPEC["enablePDB"]
    assert SPEC["affinity"]["podAntiAffinityType"] == "required"
    assert SPEC["postgresql"]["parameters"]["synchronous_commit"] == "on"


def test_the_role_that_serves_may_do_nothing_by_itself() -> None:
    flags = ("superuser", "createdb", "createrole", "replication", "bypassrls")

    assert SERVING["login"]
    assert [flag for flag in flags if SERVING[flag]] == []
    assert "inRoles" not in SERVING
    assert SERVING["name"] != OWNER
    assert SERVING["connectionLimit"] >= 2 * REGISTRY["deployment.yaml"]["spec"]["replicas"] * (
        ConnectionOptions().pool_size + 1
    )
    assert int(SPEC["postgresql"]["parameters"]["max_connections"]) > SERVING["connectionLimit"]


def test_its_password_is_where_the_cluster_and_the_registry_look_for_it() -> None:
    reference = VARIABLES["deployment"]["DATABASE_PASSWORD"]["valueFrom"]["secretKeyRef"]

    assert ROLE["type"] == "kubernetes.io/basic-auth"
    assert ROLE["stringData"].keys() == {"username", "password"}
    assert ROLE["stringData"]["username"] == SERVING["name"]
    assert SERVING["passwordSecret"] == {"name": ROLE["metadata"]["name"]}
    assert reference == {"name": ROLE["metadata"]["name"], "key": "password"}


def test_the_registry_serves_as_that_role_from_the_primary_over_tls_that_is_verified() -> None:
    url = urlsplit(VARIABLES["deployment"]["DATABASE_URL"]["value"])
    names = list(VARIABLES["deployment"])

    assert (url.username, url.password) == (SERVING["name"], "$(DATABASE_PASSWORD)")
    assert names.index("DATABASE_PASSWORD") < names.index("DATABASE_URL"), "a variable is known to later ones only"
    assert (url.hostname, url.path) == (f"{NAME}-rw", f"/{SPEC['bootstrap']['initdb']['database']}")
    assert parse_qs(url.query) == {"sslmode": ["verify-full"], "sslrootcert": [authority("deployment")]}


def test_the_migration_runs_as_the_owner_and_grants_to_the_role_that_serves() -> None:
    variables = VARIABLES["migration"]
    command = CONTAINERS["migration"]["args"]

    assert variables["DATABASE_URL"]["valueFrom"]["secretKeyRef"] == {"name": f"{NAME}-app", "key": "uri"}
    assert {name: variables[name]["value"] for name in ("PGSSLMODE", "PGSSLROOTCERT")} == {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": authority("migration"),
    }
    assert command == ["database", "upgrade", "--grant-to", SERVING["name"]]
    assert run(*command[:2], "--help").returncode == 0


def test_patches_change_containers_that_there_are() -> None:
    for kind, patch in PATCHES.items():
        base: dict[str, Any] = REGISTRY[f"{kind}.yaml"]["spec"]["template"]["spec"]

        assert [each["name"] for each in patch["containers"]] == [base["containers"][0]["name"]]
        assert not {each["name"] for each in patch["volumes"]} & {each["name"] for each in base.get("volumes", ())}


def test_the_network_policy_lets_the_registry_out_to_the_cluster() -> None:
    labels = SPEC["inheritedMetadata"]["labels"].items()
    egress = REGISTRY["network.yaml"]["spec"]["egress"]
    selectors = [peer["podSelector"]["matchLabels"] for rule in egress for peer in rule["to"] if "podSelector" in peer]

    assert any(selector.items() <= labels for selector in selectors)


def test_only_those_two_roles_connect_and_only_over_tls() -> None:
    database = SPEC["bootstrap"]["initdb"]["database"]

    assert SPEC["postgresql"]["pg_hba"] == [
        f"hostssl {database} {OWNER},{SERVING['name']} all scram-sha-256",
        "hostnossl all all all reject",
    ]


def test_the_read_me_names_every_file() -> None:
    told = (FOLDER / "README.md").read_text()

    assert {name for name in FILES if f"`{name}`" not in told} == set()
    assert set(re.findall(r"cloudnative-pg/([\w.-]+\.yaml)", told)) <= FILES.keys() | {"role.yaml"}


def authority(kind: str) -> str:
    """Return where a container finds the certificate of the cluster's authority."""
    (mount,) = CONTAINERS[kind]["volumeMounts"]
    (volume,) = PATCHES[kind]["volumes"]
    assert mount["name"] == volume["name"]
    assert mount["readOnly"]
    assert volume["secret"] == {"secretName": f"{NAME}-ca", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    return f"{mount['mountPath']}/ca.crt"
