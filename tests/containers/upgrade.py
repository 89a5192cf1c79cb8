"""From the release before the newest migration to this one."""

import json
from pathlib import Path

from tests.containers.deployment import a_deployment
from tests.containers.images import IMAGE, PREVIOUS_IMAGE, build_previous_image, migrations


def test_what_the_release_before_registered_is_read_after_the_upgrade(
    image: str, authority: Path, tmp_path: Path
) -> None:
    build_previous_image()
    with a_deployment(tmp_path / "docker", authority, PREVIOUS_IMAGE) as deployment:
        assert deployment.register("1.0.0", deployment.token()).status_code == 201
        before = deployment.version("1.0.0")
        deployment.up(IMAGE)
        after = deployment.version("1.0.0")
        current = deployment.compose("run", "--rm", "--no-deps", "migrate", "database", "current", "--json")

        assert {field: after[field] for field in before} == before
        assert json.loads(current)["revision"] == migrations()[-1].revision
        assert deployment.register("1.0.1", deployment.token()).status_code == 201
