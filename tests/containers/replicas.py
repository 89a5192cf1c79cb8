"""Two replicas behind the proxy, as the compose file starts them."""

import json
import re

from tests.containers.deployment import Deployment
from tests.containers.engine import docker, inspect
from tests.containers.load import Load

LATEST = "/providers/platform/gcp/versions/latest"
READS = 40


def test_a_version_is_registered_through_the_proxy_and_both_replicas_serve_it(deployment: Deployment) -> None:
    registered = deployment.register("1.0.0", deployment.token())
    read = [deployment.get(LATEST).json()["version"] for _ in range(READS)]
    lines = [json.loads(line) for line in re.findall(r"\{.*\}", deployment.compose("logs", "--no-color", "proxy"))]

    assert registered.status_code == 201, registered.text
    assert set(read) == {"1.0.0"}
    assert len({line["replica"] for line in lines if line["path"] == LATEST}) == 2


def test_all_but_the_database_run_read_only_and_without_capabilities(deployment: Deployment) -> None:
    hardened = {
        service: [
            (host["ReadonlyRootfs"], host["CapDrop"], host["Privileged"], host["SecurityOpt"])
            for host in (inspect(container)["HostConfig"] for container in deployment.compose.containers(service))
        ]
        for service in ("registry", "proxy")
    }

    assert hardened == {
        service: [(True, ["ALL"], False, ["no-new-privileges:true"])] * count
        for service, count in (("registry", 2), ("proxy", 1))
    }


def test_metrics_are_not_served_through_the_proxy(deployment: Deployment) -> None:
    assert deployment.get("/metrics").status_code == 404


def test_a_replica_killed_under_load_loses_nothing_acknowledged_and_service_goes_on(deployment: Deployment) -> None:
    killed, *_ = deployment.compose.containers("registry")
    with Load(deployment, first=1) as load:
        load.wait_for_more()
        docker("kill", "--signal", "KILL", killed)
        load.wait_for_more(100)

    assert not inspect(killed)["State"]["Running"]
    assert load.lost() == []
    assert deployment.register("1.0.0", deployment.token()).status_code == 200
