"""Register a version from an admin script: the use case without HTTP.

Run it on a host that has the registry's settings in its environment:

    python examples/register_from_script.py platform/gcp 1.4.0 \
        https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl "Google Cloud"
"""

import asyncio
import getpass
import os
import sys

from application.use_cases.register_version import Registered, Registration
from domain.announcements import Announcement
from domain.catalog import CatalogMetadata
from domain.errors import RegistryError
from domain.machines import Operator
from domain.names import ProviderName
from domain.semver import SemVer
from domain.wheel_urls import WheelUrl
from entrypoints.bootstrap import open_registry
from entrypoints.environment import SettingsError, load_settings
from entrypoints.registry import Registry


async def register(registry: Registry, name: str, version: str, wheel_url: str, display_name: str) -> Registered:
    """Register one version as the operator who runs this."""
    registration = Registration(
        registrant=Operator(f"operator:{getpass.getuser()}"),
        name=ProviderName.parse(name),
        version=SemVer.parse(version),
        announcement=Announcement(wheel_url=WheelUrl.parse(wheel_url)),
        metadata=CatalogMetadata(display_name=display_name, description=""),
    )
    return await registry.register_version.execute(registration)


async def main(arguments: list[str]) -> int:
    """Print what came of it; return the exit status."""
    if len(arguments) != 4:
        print(__doc__)
        return 2
    try:
        async with open_registry(load_settings(os.environ)) as registry:
            registered = await register(registry, *arguments)
    except SettingsError as error:
        print(error)
        return 2
    except RegistryError as refusal:
        print(f"{refusal.code}: {refusal.detail}")
        return 1
    outcome = "registered" if registered.created else "was registered already"
    print(f"{registered.version.name} {registered.version.version} {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
