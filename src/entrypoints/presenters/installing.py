"""What installers and runtimes read: the Simple API and the requirement of a version."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from msgspec import UNSET, Meta, Struct, UnsetType
from packaging.utils import NormalizedName

from domain.distributions import IndexFile
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.file import WheelFilename
from domain.wheel.verified_wheel import VerifiedWheel
from entrypoints.presenters.provenance import InstalledProvenanceView
from entrypoints.presenters.versions import SHA256_EXAMPLE, WHEEL_EXAMPLE, WHEEL_URL_EXAMPLE

ProvenanceUrl = Callable[[ProviderName, SemVer], str]
"""Returns where a version's provenance object is."""


class InstallView(Struct, kw_only=True):
    """What a runtime needs to install and start a version, and nothing else."""

    requirement: Annotated[
        str,
        Meta(
            description="For pip and uv: `distribution @ url#sha256=…`. The URL is that of the registry's copy, if it "
            "keeps one and `REGISTRY_PUBLIC_URL` is set."
        ),
    ]
    wheel_url: Annotated[str, Meta(description="As it was registered.")]
    mirror_url: (
        Annotated[
            str,
            Meta(description="The registry's own copy; a path, if `REGISTRY_PUBLIC_URL` is not set. Null without one."),
        ]
        | None
    )
    wheel_sha256: str
    package_name: str | None
    entrypoint: Annotated[list[str], Meta(description="Null for the platform's default.")] | None
    requires_python: str | None
    status: Annotated[VersionStatus, Meta(description="Published or yanked.")]
    index_url: Annotated[
        str,
        Meta(
            description="The package index of the version's namespace, `/simple/` for the platform's and "
            "`/simple/~{namespace}/` for a customer's; a path, if `REGISTRY_PUBLIC_URL` is not set. Let uv take this "
            "distribution alone from it (`explicit = true`), and never give it to pip as an extra index."
        ),
    ]
    provenance: (
        Annotated[
            InstalledProvenanceView | None,
            Meta(description="Null without attestations. Only where attestations are verified."),
        ]
        | UnsetType
    ) = UNSET


class SimpleMeta(Struct, frozen=True, rename="kebab"):
    """Which version of the Simple API this is."""

    api_version: str = "1.3"


class SimpleProject(Struct):
    """A distribution."""

    name: str


class SimpleIndexView(Struct, kw_only=True):
    """The distributions of a namespace (PEP 691)."""

    meta: SimpleMeta = SimpleMeta()
    projects: list[SimpleProject]


class SimpleFile(Struct, kw_only=True, rename="kebab"):
    """A wheel of a distribution."""

    filename: str
    url: str
    hashes: dict[str, str]
    requires_python: str | UnsetType = UNSET
    size: int
    upload_time: datetime
    yanked: bool | str
    core_metadata: (
        Annotated[
            dict[str, str],
            Meta(description="The digest of the file's `METADATA`, which is at its URL with `.metadata` at the end."),
        ]
        | UnsetType
    ) = UNSET
    provenance: (
        Annotated[
            str, Meta(description="URL of the file's provenance object, if `REGISTRY_PUBLIC_URL` is one of https.")
        ]
        | UnsetType
    ) = UNSET


class SimpleProjectView(Struct, kw_only=True):
    """The files of a distribution (PEP 691, PEP 700, PEP 740)."""

    meta: SimpleMeta = SimpleMeta()
    name: str
    versions: list[str]
    files: list[SimpleFile]


def install_view(
    version: ProviderVersion,
    *,
    index_url: str,
    mirror_url: str | None = None,
    provenance: InstalledProvenanceView | UnsetType | None = UNSET,
) -> InstallView:
    """Return what a runtime needs of a version.

    Args:
        version: A public one.
        index_url: Of the package index that lists it.
        mirror_url: Of the mirror, or its path; None if copies are not served.
        provenance: Who built it; left out where attestations are not verified.
    """
    wheel, url = _verified(version), version.announcement.wheel_url.text
    entrypoint = version.announcement.entrypoint
    copy = f"{mirror_url}/{_copy(wheel.sha256.hex, wheel.filename)}" if mirror_url and wheel.is_mirrored else None
    source = copy if copy is not None and not copy.startswith("/") else url
    return InstallView(
        requirement=f"{wheel.distribution} @ {source}#sha256={wheel.sha256.hex}",
        wheel_url=url,
        mirror_url=copy,
        wheel_sha256=wheel.sha256.hex,
        package_name=version.package_name,
        entrypoint=list(entrypoint) if entrypoint else None,
        requires_python=wheel.requires_python,
        status=version.status,
        index_url=index_url,
        provenance=provenance,
    )


def simple_index_view(distributions: Sequence[NormalizedName]) -> SimpleIndexView:
    """Return the list of distributions as installers read it."""
    return SimpleIndexView(projects=[SimpleProject(name) for name in distributions])


def simple_project_view(
    distribution: NormalizedName,
    files: Sequence[IndexFile],
    *,
    mirror_url: str | None = None,
    provenance_url: ProvenanceUrl | None = None,
) -> SimpleProjectView:
    """Return the files of a distribution as installers read them; copies, where there are some and they are served."""
    numbers = {WheelFilename.parse(filename).version for filename in {file.filename for file in files}}
    return SimpleProjectView(
        name=distribution,
        versions=[str(number) for number in sorted(numbers)],
        files=[_file(file, mirror_url, provenance_url) for file in files],
    )


def _file(file: IndexFile, mirror_url: str | None, provenance_url: ProvenanceUrl | None) -> SimpleFile:
    copied = mirror_url is not None and file.metadata_sha256 is not None
    return SimpleFile(
        filename=file.filename,
        url=f"{mirror_url}/{_copy(file.sha256, file.filename)}" if copied else file.url,
        hashes={"sha256": file.sha256},
        requires_python=file.requires_python or UNSET,
        size=file.size,
        upload_time=file.published_at,
        yanked=(file.yanked_reason or True) if file.is_yanked else False,
        core_metadata={"sha256": file.metadata_sha256} if copied and file.metadata_sha256 else UNSET,
        provenance=provenance_url(*file.attested) if provenance_url and file.attested else UNSET,
    )


def _copy(sha256: str, filename: str) -> str:
    return f"{sha256}/{quote(filename)}"


def _verified(version: ProviderVersion) -> VerifiedWheel:
    if version.wheel is None:
        raise AssertionError(f"{version.name} {version.version} is public, so its wheel is verified")
    return version.wheel


INSTALL_EXAMPLE = InstallView(
    requirement=f"pragmatiks-gcp-provider @ {WHEEL_URL_EXAMPLE}#sha256={SHA256_EXAMPLE}",
    wheel_url=WHEEL_URL_EXAMPLE,
    mirror_url=None,
    wheel_sha256=SHA256_EXAMPLE,
    package_name="gcp_provider",
    entrypoint=["python", "-m", "gcp_provider"],
    requires_python=">=3.11",
    status=VersionStatus.PUBLISHED,
    index_url="https://registry.example.com/simple/",
)
SIMPLE_INDEX_EXAMPLE = SimpleIndexView(projects=[SimpleProject("pragmatiks-gcp-provider")])
SIMPLE_PROJECT_EXAMPLE = SimpleProjectView(
    name="pragmatiks-gcp-provider",
    versions=["1.4.0"],
    files=[
        SimpleFile(
            filename=WHEEL_EXAMPLE,
            url=WHEEL_URL_EXAMPLE,
            hashes={"sha256": SHA256_EXAMPLE},
            requires_python=">=3.11",
            size=48213,
            upload_time=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
            yanked=False,
        )
    ],
)
