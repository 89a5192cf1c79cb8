"""Test data with defaults: each builder makes something valid, and each keyword bends one thing."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from packaging.utils import canonicalize_name

from domain.announcements import Announcement
from domain.catalog import CatalogMetadata
from domain.compatibility.assessment import Acceptance, Compatibility, PublicVersion, baseline_for
from domain.compatibility.comparison import compare
from domain.compatibility.report import VersionSchemas
from domain.names import ProviderName
from domain.schemas import CanonicalJson
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
MACHINE_ID = "mch_release"
RUNTIME_VERSION = "2.3.0"


def a_name(canonical: str = "platform/gcp") -> ProviderName:
    return ProviderName.parse(canonical)


def a_wheel_url(version: str = "1.0.0", *, host: str = "wheels.example.com") -> WheelUrl:
    return WheelUrl.parse(f"https://{host}/files/pragmatiks_gcp_provider-{version}-py3-none-any.whl")


def an_announcement(*, version: str = "1.0.0", **changes: object) -> Announcement:
    fields = {"wheel_url": a_wheel_url(version), **changes}
    return Announcement(**fields)  # type: ignore[arg-type]


def a_proven_wheel(data: bytes = b"wheel", *, package_name: str | None = "gcp_provider") -> VerifiedWheel:
    return VerifiedWheel(
        sha256=Sha256Digest(hashlib.sha256(data).hexdigest()),
        size=len(data),
        filename="pragmatiks_gcp_provider-1.0.0-py3-none-any.whl",
        distribution=canonicalize_name("pragmatiks-gcp-provider"),
        requires_python=">=3.11",
        summary="Manages Google Cloud resources",
        package_name=package_name,
    )


def a_building_version(
    version: str = "1.0.0", *, name: str = "platform/gcp", at: datetime = NOW, **announced: object
) -> ProviderVersion:
    return ProviderVersion.begin(
        a_name(name),
        SemVer.parse(version),
        an_announcement(version=SemVer.parse(version).pep440.public, **announced),
        runtime_version=RUNTIME_VERSION,
        registered_by=MACHINE_ID,
        at=at,
    )


def a_version(
    version: str = "1.0.0", *, name: str = "platform/gcp", at: datetime = NOW, **announced: object
) -> ProviderVersion:
    return a_building_version(version, name=name, at=at, **announced).publish(a_proven_wheel(), at=at)


def a_comparison(version: SemVer, *published: PublicVersion) -> Compatibility:
    """Build the comparison of a version without schemas, with one accepted change."""
    old, new = (VersionSchemas(config_schema=CanonicalJson.of(schema)) for schema in ({"type": "object"}, {}))
    report = compare(old, new)
    acceptance = Acceptance(
        accepted_by="mch_release",
        accepted_at=NOW,
        reason="It was never read.",
        changes=tuple(change.fingerprint for change in report.changes),
    )
    return Compatibility(baseline=baseline_for(version, published), report=report, acceptance=acceptance)


def some_metadata(**changes: object) -> CatalogMetadata:
    fields = {
        "display_name": "Google Cloud",
        "description": "Manages Google Cloud resources.",
        "icon_url": "https://icons.example.com/gcp.svg",
        "tags": ("cloud", "google"),
        **changes,
    }
    return CatalogMetadata(**fields)  # type: ignore[arg-type]


def a_wheel(
    distribution: str = "pragmatiks_gcp_provider",
    version: str = "1.0.0",
    *,
    files: Mapping[str, bytes] | None = None,
    metadata: str | None = None,
    without: frozenset[str] = frozenset(),
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Build a wheel's bytes.

    ``files`` replaces the payload, ``metadata`` the METADATA file; dist-info files named in ``without`` are left out.
    """
    folder = f"{distribution}-{version}.dist-info"
    default_metadata = f"Metadata-Version: 2.4\nName: {distribution}\nVersion: {version}\nRequires-Python: >=3.11\n"
    content = dict(
        files if files is not None else {"gcp_provider/__init__.py": b"", "gcp_provider/bucket.py": b"x = 1\n"}
    )
    dist_info = {
        "METADATA": (metadata if metadata is not None else default_metadata).encode(),
        "WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    content |= {f"{folder}/{name}": data for name, data in dist_info.items() if name not in without}
    if "RECORD" not in without:
        content[f"{folder}/RECORD"] = a_record(content, folder)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for path, data in content.items():
            archive.writestr(zipfile.ZipInfo(path, date_time=(2026, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def a_record(files: Mapping[str, bytes], folder: str) -> bytes:
    """Build the RECORD that lists these files and itself."""
    lines = [f"{path},sha256={_record_hash(data)},{len(data)}\n" for path, data in files.items()]
    return ("".join(lines) + f"{folder}/RECORD,,\n").encode()


def _record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
