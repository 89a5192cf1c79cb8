"""The wire format of the catalog, and of what installers read."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from domain.catalog import AuthorKind
from domain.versions import VersionStatus


class AuthorView(Struct, kw_only=True):
    """Who a provider comes from."""

    kind: AuthorKind
    organization_id: Annotated[
        str, Meta(description="The organisation; of first-party providers a setting. The namespace if it is not known.")
    ]
    display_name: Annotated[
        str, Meta(description="What the organisation is called, or the namespace if that is not known.")
    ]
    org_name: Annotated[
        str, Meta(description="The same as `display_name`, under the name that SDKs before 1.4 require.")
    ]


class ProviderView(Struct, kw_only=True):
    """A provider with a public version. Times are RFC 3339 in UTC."""

    prefix: str
    name: str
    canonical: str
    display_name: str
    description: str
    author: AuthorView
    trust_tier: Annotated[
        Literal["official", "community"],
        Meta(description="`official` for first-party providers; SDKs before 1.4 require it."),
    ]
    scope: Literal["public"] = "public"
    icon_url: str | None
    readme: Annotated[str, Meta(description="Long description of the latest version's wheel; null in lists.")] | None
    tags: list[str]
    latest_version: Annotated[str, Meta(description="Null while every version is yanked.")] | None
    install_count: Annotated[int, Meta(description="Always 0: installations are not counted here.")] = 0
    created_at: datetime
    updated_at: datetime


class ProviderPageView(Struct, kw_only=True):
    """A stretch of what was found."""

    items: list[ProviderView]
    total: Annotated[int, Meta(description="How many were found altogether.")]
    limit: int
    offset: int


class InstallView(Struct, kw_only=True):
    """What a runtime needs to install and start a version, and nothing else."""

    requirement: Annotated[str, Meta(description="For pip and uv: `distribution @ url#sha256=…`.")]
    wheel_url: str
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


class SimpleMeta(Struct, frozen=True, rename="kebab"):
    """Which version of the Simple API this is."""

    api_version: str = "1.1"


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


class SimpleProjectView(Struct, kw_only=True):
    """The files of a distribution (PEP 691, PEP 700)."""

    meta: SimpleMeta = SimpleMeta()
    name: str
    versions: list[str]
    files: list[SimpleFile]
