"""To the registry a wheel's code is bytes: they are read, and never run."""

import sys
from pathlib import Path

import pytest

from entrypoints.bootstrap import MemoryAdapters
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import serving
from tests.entrypoints.http.test_dry_run import rehearse

pytestmark = pytest.mark.hostile

DIST_INFO = "pragmatiks_gcp_provider-1.0.0.dist-info"
RUN_BY_SOMEBODY = (
    "gcp_provider/__init__.py",
    "gcp_provider/__main__.py",
    "setup.py",
    "sitecustomize.py",
    "conftest.py",
    "pragmatiks_gcp_provider-1.0.0.data/scripts/gcp",
)


async def test_nothing_of_a_wheel_is_run_when_it_is_registered_or_shown(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    code = f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n".encode()
    files = dict.fromkeys(RUN_BY_SOMEBODY, code) | {
        "hook.pth": code,
        f"{DIST_INFO}/entry_points.txt": b"[console_scripts]\ngcp = gcp_provider:main\n",
    }
    async with serving(MemoryAdapters()) as service:
        body = service.upload(data=a_wheel(files=files), package_name="gcp_provider", entrypoint=["gcp"])
        tried = await rehearse(service, body)
        registered = await service.post(body)
        shown = [
            await service.client.get(path)
            for path in ("/catalog/platform/gcp/1.0.0", "/providers/platform/gcp/versions/1.0.0/install")
        ]

    assert (tried.json()["outcome"], registered.status_code) == ("created", 201)
    assert [answer.status_code for answer in shown] == [200, 200]
    assert not ran.exists()
    assert "gcp_provider" not in sys.modules
