"""Test your own release tooling against the registry's contract, without a database, a network or an account.

``MemoryAdapters`` keep everything in this process; the use cases, the domain and the HTTP contract are the real ones.
Run this file with pytest.
"""

import asyncio
import base64
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar.testing import AsyncTestClient

from domain.registrants import ConsoleMachine
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.http.app import create_app
from entrypoints.use_cases import UseCases

MACHINE = ConsoleMachine("mch_my_release_pipeline")
WHEEL_URL = "https://wheels.example.com/demo_provider-1.0.0-py3-none-any.whl"


def a_minimal_wheel() -> bytes:
    """Build the smallest wheel that the registry accepts."""
    files = {
        "demo_provider/__init__.py": "",
        "demo_provider-1.0.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: demo-provider\nVersion: 1.0.0\n",
        "demo_provider-1.0.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "demo_provider-1.0.0.dist-info/RECORD"
    files[record] = (
        "".join(f"{path},{record_hash(text)},{len(text)}\n" for path, text in files.items()) + f"{record},,\n"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def record_hash(text: str) -> str:
    """Write a hash the way RECORD does."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def what_my_release_tooling_sends(wheel: bytes) -> dict[str, object]:
    """Stand for the code under test."""
    return {
        "name": "platform/demo",
        "version": "1.0.0",
        "wheel_url": WHEEL_URL,
        "sha256": hashlib.sha256(wheel).hexdigest(),
        "metadata": {"display_name": "Demo", "description": "A demonstration."},
    }


async def release(adapters: MemoryAdapters, token: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
    """Send a body to the registry's HTTP contract."""

    @asynccontextmanager
    async def open_registry() -> AsyncIterator[UseCases]:
        yield build_registry(adapters, release_machine_ids=[MACHINE.id])

    async with AsyncTestClient(create_app(open_registry)) as client:
        response = await client.post(
            "/console/provider-versions", json=body, headers={"Authorization": f"Bearer {token}"}
        )
        return response.status_code, response.json()


def test_my_release_is_accepted_once_and_harmless_to_repeat() -> None:
    """The registry answers 201, then 200."""
    wheel = a_minimal_wheel()
    adapters = MemoryAdapters()
    adapters.fetcher.put(WheelUrl.parse(WHEEL_URL), wheel)
    token = adapters.verifier.issue(MACHINE)
    body = what_my_release_tooling_sends(wheel)

    first, version = asyncio.run(release(adapters, token, body))
    again, _ = asyncio.run(release(adapters, token, body))

    assert (first, again) == (201, 200)
    assert version["package_name"] == "demo_provider"


def test_my_release_of_a_replaced_file_is_refused() -> None:
    """The registry compares the bytes with the announced digest."""
    wheel = a_minimal_wheel()
    adapters = MemoryAdapters()
    adapters.fetcher.put(WheelUrl.parse(WHEEL_URL), wheel + b"tampered")
    body = what_my_release_tooling_sends(wheel)

    status, problem = asyncio.run(release(adapters, adapters.verifier.issue(MACHINE), body))

    assert (status, problem["code"]) == (422, "wheel_digest_mismatch")
