"""The compose file and its proxy agree with the image, the settings and each other. That needs no engine to know."""

import re
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from entrypoints.http.routes.metrics import metrics
from entrypoints.settings import ServerSettings, WheelSettings
from tests.e2e.test_command_line import run
from tests.test_docker import BUILT, FINAL, SPOOL, VARIABLES

FOLDER = Path("docker")
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DATABASE, MIGRATE, REGISTRY, PROXY = (SERVICES[name] for name in ("database", "migrate", "registry", "proxy"))
CONFIGURATION = (FOLDER / "nginx.conf").read_text()
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)", (FOLDER / "registry.env.example").read_text(), re.MULTILINE))


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_the_command_of_the_migration_exists_and_the_registry_runs_the_image_s_own() -> None:
    assert run(*MIGRATE["command"], "--help").returncode == 0
    assert not REGISTRY.keys() & {"command", "entrypoint"}


def test_every_variable_is_a_setting() -> None:
    assert EXAMPLE.keys() | REGISTRY["environment"].keys() | MIGRATE["environment"].keys() <= VARIABLES


def test_the_variables_are_enough_to_start() -> None:
    filled = {name: value + "x" * value.endswith("_") or "1.0" for name, value in EXAMPLE.items()}

    checked = run("settings", "check", **filled, **REGISTRY["environment"])

    assert checked.returncode == 0, checked.stderr


def test_the_file_of_variables_is_the_one_that_has_an_example_and_is_kept_out_of_version_control() -> None:
    file = FOLDER / REGISTRY["env_file"]

    assert file.with_name(f"{file.name}.example").is_file()
    assert str(file) in Path(".gitignore").read_text().splitlines()


def test_both_reach_the_database_as_the_user_that_it_makes() -> None:
    made, (url,) = DATABASE["environment"], {each["environment"]["DATABASE_URL"] for each in (MIGRATE, REGISTRY)}
    asked = urlsplit(url)

    assert (asked.username, asked.path) == (made["POSTGRES_USER"], f"/{made['POSTGRES_DB']}")
    assert asked.password == "${DATABASE_PASSWORD}"
    assert made["POSTGRES_PASSWORD"].startswith("${DATABASE_PASSWORD:?")
    assert SERVICES[asked.hostname] is DATABASE
    assert f"-U {made['POSTGRES_USER']}" in DATABASE["healthcheck"]["test"][1]


def test_one_image_is_built_of_the_dockerfile_and_run_twice() -> None:
    context = FOLDER / MIGRATE["build"]["context"]

    assert MIGRATE["image"] == REGISTRY["image"]
    assert context.resolve() == Path.cwd()
    assert context / MIGRATE["build"]["dockerfile"] == context / "docker/Dockerfile"


def test_the_build_takes_the_package_index_from_the_environment() -> None:
    arguments = MIGRATE["build"]["args"]

    assert arguments == re.findall(r"^ARG (PIP_\w+)$", BUILT, re.MULTILINE)
    assert "PIP_INDEX_URL" in arguments


def test_who_talks_shares_a_network_and_nobody_else_does() -> None:
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    meeting = {frozenset(pair) for pair in combinations(SERVICES, 2) if networks[pair[0]] & networks[pair[1]]}

    assert meeting == set(
        map(
            frozenset,
            [("migrate", "database"), ("registry", "database"), ("registry", "migrate"), ("proxy", "registry")],
        )
    )
    assert COMPOSE["networks"] == {"inside": {"internal": True}, "outside": None}


def test_data_is_kept_where_the_database_s_image_keeps_it() -> None:
    assert DATABASE["volumes"] == ["database:/var/lib/postgresql"]
    assert DATABASE["image"] == "postgres:18"  # before 18, the folder was one further down
    assert COMPOSE["volumes"].keys() == {"database"}


def test_only_the_spool_and_the_temporary_folder_can_be_written() -> None:
    assert REGISTRY["volumes"] == [SPOOL]
    assert [mount.split(":")[0] for mount in REGISTRY["tmpfs"]] == ["/tmp"]


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
    assert DATABASE["environment"]["POSTGRES_HOST_AUTH_METHOD"] == "scram-sha-256"
    assert DATABASE["networks"] == ["inside"]
    assert "ports" not in DATABASE


def test_each_starts_when_what_it_needs_is_healthy_or_done() -> None:
    assert MIGRATE["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert REGISTRY["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert PROXY["depends_on"] == {"registry": {"condition": "service_healthy"}}
    assert DATABASE["healthcheck"]["test"][1].startswith("pg_isready ")
    assert "HEALTHCHECK" in FINAL


def test_only_the_proxy_is_reached_from_outside_by_this_host_alone_and_two_replicas_stand_behind_it() -> None:
    (exposed,) = re.findall(r"^EXPOSE (\d+)", FINAL, re.MULTILINE)
    (listening,) = re.findall(r"listen (\d+);", CONFIGURATION)

    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert PROXY["ports"] == [f"127.0.0.1:8000:{listening}"]
    assert f"set $registry registry:{exposed};" in CONFIGURATION
    assert REGISTRY["deploy"]["replicas"] == 2


def test_the_proxy_reads_its_configuration_and_writes_to_its_temporary_folder_only() -> None:
    written = re.findall(r"(?:^pid|_temp_path) ([^;]+);", CONFIGURATION, re.MULTILINE)

    assert PROXY["volumes"] == ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
    assert [mount.split(":")[0] for mount in PROXY["tmpfs"]] == ["/tmp"]
    assert len(written) == 6
    assert [path for path in written if not path.startswith("/tmp/")] == []


def test_who_waits_for_a_registration_waits_longer_than_a_wheel_may_take() -> None:
    deadline = WheelSettings().deadline_seconds
    (proxy,) = re.findall(r"proxy_read_timeout (\d+)s;", CONFIGURATION)

    assert seconds(REGISTRY["stop_grace_period"]) > deadline
    assert seconds(PROXY["stop_grace_period"]) > deadline
    assert PROXY["stop_signal"] == "SIGQUIT"
    assert int(proxy) > deadline


def test_the_proxy_leaves_the_refusal_of_a_large_body_to_the_registry() -> None:
    (most,) = re.findall(r"client_max_body_size (\d+)m;", CONFIGURATION)

    assert int(most) * 1024 * 1024 > ServerSettings().max_body_bytes


def test_the_proxy_keeps_metrics_inside() -> None:
    (path,) = metrics.paths

    assert re.search(rf"location = {path} {{\s*return 404;", CONFIGURATION)


def test_the_proxy_sends_a_registration_to_a_second_replica_only_if_it_did_not_reach_the_first() -> None:
    (reasons,) = re.findall(r"proxy_next_upstream ([^;]+);", CONFIGURATION)

    assert set(reasons.split()) == {"error", "timeout"}
