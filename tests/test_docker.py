"""What the container files call exists. No engine is needed to know that."""

import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import yaml

from entrypoints.http.health import ready
from entrypoints.http.metrics import metrics
from entrypoints.settings import Settings, WheelSettings, variable_of
from tests.e2e.test_command_line import run

DOCKERFILE = Path("docker/Dockerfile").read_text()
BUILT, FINAL = DOCKERFILE.partition("FROM ${PYTHON_IMAGE} AS build")[2].split("FROM ${PYTHON_IMAGE}")
SERVICES = yaml.safe_load(Path("docker/compose.yaml").read_text())["services"]
PROXY = Path("docker/nginx.conf").read_text()
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)", Path("docker/registry.env.example").read_text(), re.MULTILINE))
GROUPS = [next(iter(get_args(hint)), hint) for hint in get_type_hints(Settings).values()]
VARIABLES = {variable_of(group, field) for group in GROUPS for field in group.__struct_fields__}
ENTRYPOINT = ("provider-registry",)


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def commands() -> list[list[str]]:
    served = json.loads(re.findall(r"^CMD (\[.*\])", FINAL, re.MULTILINE)[-1])
    return [served, *(service["command"] for service in SERVICES.values() if "command" in service)]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_exists(command: list[str]) -> None:
    assert run(*command, "--help").returncode == 0


def test_every_variable_is_a_setting() -> None:
    named = set(re.findall(r"\bREGISTRY_[A-Z_]+", DOCKERFILE)) | EXAMPLE.keys()
    named |= {variable for name in ("migrate", "registry") for variable in SERVICES[name]["environment"]}

    assert len(named) > 5
    assert named <= VARIABLES


def test_the_variables_of_the_compose_file_are_enough_to_start(tmp_path: Path) -> None:
    filled = {name: value + "x" * value.endswith("_") or "1.0" for name, value in EXAMPLE.items()}
    own = {
        name: value.replace("${DATABASE_PASSWORD}", "x") for name, value in SERVICES["registry"]["environment"].items()
    }

    checked = run("settings", "check", **filled, **own)

    assert checked.returncode == 0, checked.stderr


def test_the_port_is_the_same_everywhere() -> None:
    (exposed,) = re.findall(r"^EXPOSE (\d+)", FINAL, re.MULTILINE)
    (listening,) = re.findall(r"listen (\d+);", PROXY)

    assert f"REGISTRY_PORT={exposed}" in FINAL
    assert f"'127.0.0.1', {exposed}" in FINAL
    assert f"set $registry registry:{exposed};" in PROXY
    assert SERVICES["proxy"]["ports"] == [f"127.0.0.1:8000:{listening}"]


def test_the_health_check_asks_for_readiness_and_waits_longer_than_it() -> None:
    (timeout,) = re.findall(r"HEALTHCHECK .*--timeout=(\d+s)", FINAL)
    (asked,) = re.findall(r"c\.request\('GET', '([^']+)'\)", FINAL)
    (waited,) = re.findall(r"8000, timeout=(\d+)\)", FINAL)

    assert {asked} == ready.paths
    assert seconds(timeout) > int(waited)


def test_every_file_that_is_copied_or_mounted_exists_and_is_not_ignored() -> None:
    copied = {
        source for line in re.findall(r"^COPY (?!--from)(.*)", DOCKERFILE, re.MULTILINE) for source in line.split()[:-1]
    }
    kept = re.findall(r"^!(.*)", Path(".dockerignore").read_text(), re.MULTILINE)
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]

    assert len(copied) > 5
    assert [source for source in copied if not Path(source).exists()] == []
    assert [source for source in copied if not source.startswith(tuple(kept))] == []
    assert [file for file in mounted if file.startswith(".") and not (Path("docker") / file).exists()] == []


def test_the_image_runs_without_root_and_without_what_could_install_anything() -> None:
    assert re.search(r"^USER \d+:\d+$", FINAL, re.MULTILINE)
    assert "/opt/tools" not in FINAL
    assert "pip install" not in FINAL
    assert "pip uninstall" in FINAL
    assert "venv --without-pip /opt/registry" in BUILT


def test_whatever_is_installed_has_a_hash_or_was_built_here() -> None:
    installs = re.findall(r"install --no-cache-dir (\S+)", DOCKERFILE)

    assert installs == ["--require-hashes", "--require-hashes", "--no-deps"]


def test_the_base_can_be_pinned_by_digest_and_is_the_same_for_both_stages() -> None:
    assert "\nARG PYTHON_IMAGE=" in DOCKERFILE
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_only_the_spool_and_the_temporary_folder_can_be_written() -> None:
    (spool,) = re.findall(r"REGISTRY_WHEEL_SPOOL_DIR=(\S+)", FINAL)
    registry = SERVICES["registry"]

    assert registry["volumes"] == [spool]
    assert [mount.split(":")[0] for mount in registry["tmpfs"]] == ["/tmp"]
    assert re.search(rf"install --directory --owner 10001 .* {spool}$", FINAL, re.MULTILINE)


def test_all_but_the_database_are_read_only_and_without_capabilities() -> None:
    hardened = {
        name
        for name, service in SERVICES.items()
        if service.get("read_only")
        and service.get("cap_drop") == ["ALL"]
        and "no-new-privileges:true" in service["security_opt"]
    }

    assert SERVICES.keys() - hardened == {"database"}


def test_the_database_takes_passwords_by_scram_only_and_is_reached_from_inside_only() -> None:
    database = SERVICES["database"]

    assert database["environment"]["POSTGRES_HOST_AUTH_METHOD"] == "scram-sha-256"
    assert database["networks"] == ["inside"]
    assert "ports" not in database


def test_only_the_proxy_is_reached_from_outside_and_two_replicas_stand_behind_it() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["registry"]["deploy"]["replicas"] == 2


def test_the_migration_comes_before_the_replicas() -> None:
    assert SERVICES["registry"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_who_waits_for_a_registration_waits_longer_than_a_wheel_may_take() -> None:
    deadline = WheelSettings().deadline_seconds
    (proxy,) = re.findall(r"proxy_read_timeout (\d+)s;", PROXY)

    assert seconds(SERVICES["registry"]["stop_grace_period"]) > deadline
    assert seconds(SERVICES["proxy"]["stop_grace_period"]) > deadline
    assert int(proxy) > deadline


def test_the_proxy_leaves_the_refusal_of_a_large_body_to_the_registry() -> None:
    (most,) = re.findall(r"client_max_body_size (\d+)m;", PROXY)
    (server,) = (
        group
        for group in GROUPS
        if variable_of(group, "max_body_bytes") == "REGISTRY_MAX_BODY_BYTES"
        and "max_body_bytes" in group.__struct_fields__
    )

    assert int(most) * 1024 * 1024 > server().max_body_bytes


def test_the_proxy_names_requests_and_keeps_metrics_and_all_below_inside() -> None:
    (path,) = metrics.paths

    assert re.search(rf"location {path} {{\s*return 404;", PROXY)
    assert "proxy_set_header X-Request-ID $name_of_request;" in PROXY
