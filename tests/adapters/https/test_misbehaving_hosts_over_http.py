"""Misbehaving hosts through the whole application: the status that fits, and a failed row or none."""

from pathlib import Path

import pytest
import stamina
from anyio.from_thread import start_blocking_portal

from application.errors import WheelHostFailedError, WheelHostTimeoutError
from domain.errors import WheelRefusedError
from domain.semver import SemVer
from domain.versions import VersionStatus
from entrypoints.bootstrap import MemoryAdapters
from tests.adapters.https.test_wheel_fetcher import CASES, IMPATIENT, NAME, PATH, POLICY, World
from tests.builders import a_name
from tests.entrypoints.http.conftest import METADATA, serving
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import https_host

pytestmark = pytest.mark.hostile

_ANSWERS = {
    WheelRefusedError: (422, None),
    WheelHostFailedError: (502, "wheel_host_failed"),
    WheelHostTimeoutError: (504, "wheel_host_timeout"),
}


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority()


@pytest.mark.parametrize("case", CASES)
async def test_a_misbehaving_host_is_answered_with_its_status_and_writes_a_failed_version_at_most(
    case: str, authority: CertificateAuthority, tmp_path: Path
) -> None:
    replies, error, problem = CASES[case]
    status, code = _ANSWERS[error]
    # The host has an event loop of its own: the client of the application holds up the test's.
    with (
        stamina.set_testing(True, attempts=10**6, cap=True),
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(https_host(authority.server_context("127.0.0.1", NAME))) as host,
    ):
        host.script(PATH, *replies)
        world = World(host, authority, tmp_path, policy=IMPATIENT if error is WheelHostTimeoutError else POLICY)
        async with serving(MemoryAdapters(), fetcher=world.fetcher()) as service:
            body = {"name": "platform/gcp", "version": "1.0.0", "wheel_url": world.url().text, "metadata": METADATA}
            response = await service.post(body)
            stored = (await service.adapters.store.load(a_name(), SemVer.parse("1.0.0"))).version

    assert (response.status_code, response.json()["code"]) == (status, problem.value if problem else code)
    assert (stored.status if stored else None) is (VersionStatus.FAILED if problem else None)
