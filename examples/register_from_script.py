"""Register a version from an admin script: the use case without HTTP.

Run it on a host that has the database's settings in its environment; no authentication is configured or used:

    python examples/register_from_script.py platform/gcp 1.4.0 \
        https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl "Google Cloud"
"""

import asyncio
import getpass
import os
import sys

from domain.announcements import Announcement
from domain.catalog import CatalogMetadata
from domain.errors import RegistryError
from domain.names import ProviderName
from domain.registrants import Operator
from domain.registration import Registered, Registration
from domain.semver import SemVer
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import open_admin_use_cases
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import DatabaseSettings, ProvenanceSettings, ServerSettings, WheelSettings
from entrypoints.use_cases import AdminUseCases


async def register(admin: AdminUseCases, name: str, version: str, wheel_url: str, display_name: str) -> Registered:
    """Register one version as the operator who runs this."""
    registration = Registration(
        registrant=Operator(f"operator:{getpass.getuser()}"),
        name=ProviderName.parse(name),
        version=SemVer.parse(version),
        announcement=Announcement(wheel_url=WheelUrl.parse(wheel_url)),
        metadata=CatalogMetadata(display_name=display_name, description=""),
    )
    return await admin.register_version.execute(registration)


async def main(arguments: list[str]) -> int:
    """Print what came of it; return the exit status."""
    if len(arguments) != 4:
        print(__doc__)
        return 2
    try:
        database, wheel = load_group(DatabaseSettings, os.environ), load_group(WheelSettings, os.environ)
        provenance = load_group(ProvenanceSettings, os.environ)
        runtime_version = load_group(ServerSettings, os.environ).runtime_version
        async with open_admin_use_cases(
            database, wheel, runtime_version=runtime_version, provenance=provenance
        ) as admin:
            registered = await register(admin, *arguments)
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
