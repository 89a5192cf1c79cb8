"""Publishing versions so that their wheels claim names."""

from dataclasses import replace

from application.ports.version_repository import Decide
from domain.history import LifecycleAction, LifecycleEvent
from domain.version_state import VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion
from domain.wheel.file import WheelFilename
from domain.wheel.url import WheelUrl
from provider_registry_testing.writes import VersionStore
from tests.builders import MACHINE_ID, NOW, a_building_version, a_proven_wheel
from tests.support.stores import writing

TOOLS = "tools-1.0.0-py3-none-any.whl"


def a_publication(
    provider: str, filename: str = TOOLS, *, data: bytes = b"wheel", version: str = "1.0.0"
) -> ProviderVersion:
    url = WheelUrl.parse(f"https://wheels.example.com/{provider}/{filename}")
    wheel = replace(a_proven_wheel(data), filename=url.filename.text, distribution=url.filename.distribution)
    return a_building_version(version, name=provider, wheel_url=url).publish(wheel, at=NOW)


def filename_of(version: ProviderVersion) -> WheelFilename:
    return version.announcement.wheel_url.filename


def publishing(version: ProviderVersion, organization_id: str | None = None) -> Decide[VersionSnapshot]:
    """Return the decision to publish a version if its wheel's names are free, as a registration does."""

    def decide(stored: VersionSnapshot) -> tuple[VersionWrite | None, VersionSnapshot]:
        assert stored.names is not None
        stored.names.require_free(
            filename_of(version), version.name, organization_id=organization_id, sha256=version.wheel_sha256
        )
        event = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=NOW, actor=MACHINE_ID, request_id="req_1")
        return writing(version, event=event, organization_id=organization_id)(stored)

    return decide


async def publish(store: VersionStore, version: ProviderVersion, organization_id: str | None = None) -> VersionSnapshot:
    decide = publishing(version, organization_id)
    return await store.update(version.name, version.version, decide, wheel=filename_of(version))
