"""Providers as the catalog shows them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from application.ports.provider_queries import MAX_COUNTED, CatalogPage, CatalogSearch, TagCount
from domain.catalog import Author, AuthorKind, CatalogEntry
from entrypoints.settings import ServerSettings


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
    released_at: Annotated[datetime, Meta(description="When a version was last published; a yank changes nothing.")]


class ProviderPageView(Struct, kw_only=True):
    """A stretch of what was found."""

    items: list[ProviderView]
    total: Annotated[int, Meta(description="How many were found altogether.")]
    limit: int
    offset: int


class TagView(Struct, kw_only=True):
    """A tag."""

    tag: str
    providers: Annotated[int, Meta(description="How many of those that were counted have it.")]


class TagsView(Struct, kw_only=True):
    """The tags most used."""

    items: list[TagView]
    among: Annotated[int, Meta(description="At most so many providers are counted: those released last.")]


def platform_author(settings: ServerSettings) -> Author:
    """Return the author of first-party providers."""
    return Author(AuthorKind.PLATFORM, settings.platform_organization_id, settings.platform_name)


def provider_view(entry: CatalogEntry, *, platform: Author) -> ProviderView:
    provider, shown = entry.provider, entry.shown
    author = Author.of(provider, platform=platform)
    return ProviderView(
        prefix=provider.name.prefix,
        name=provider.name.name,
        canonical=provider.name.canonical,
        display_name=shown.display_name,
        description=shown.description,
        author=AuthorView(
            kind=author.kind,
            organization_id=author.organization_id,
            display_name=author.display_name,
            org_name=author.display_name,
        ),
        trust_tier="official" if author.kind is AuthorKind.PLATFORM else "community",
        icon_url=shown.icon_url,
        readme=entry.readme.text if entry.readme else None,
        tags=list(shown.tags),
        latest_version=entry.latest.text if entry.latest else None,
        created_at=provider.created_at,
        updated_at=provider.updated_at,
        released_at=entry.released_at,
    )


def page_view(page: CatalogPage, search: CatalogSearch, *, platform: Author) -> ProviderPageView:
    items = [provider_view(entry, platform=platform) for entry in page.entries]
    return ProviderPageView(items=items, total=page.total, limit=search.limit, offset=search.offset)


def tags_view(counts: Sequence[TagCount]) -> TagsView:
    return TagsView(items=[TagView(tag=each.tag, providers=each.providers) for each in counts], among=MAX_COUNTED)


TAGS_EXAMPLE = TagsView(
    items=[TagView(tag="cloud", providers=12), TagView(tag="google", providers=1)], among=MAX_COUNTED
)
PROVIDER_EXAMPLE = ProviderView(
    prefix="acme",
    name="gcp",
    canonical="acme/gcp",
    display_name="Google Cloud",
    description="Manages Google Cloud resources.",
    author=AuthorView(kind=AuthorKind.CUSTOMER, organization_id="org_2abc", display_name="Acme", org_name="Acme"),
    trust_tier="community",
    icon_url="https://icons.example.com/gcp.svg",
    readme="# Google Cloud\n\nManages buckets and databases.",
    tags=["cloud", "google"],
    latest_version="1.4.0",
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    updated_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
    released_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
)
PAGE_EXAMPLE = ProviderPageView(items=[replace(PROVIDER_EXAMPLE, readme=None)], total=1, limit=20, offset=0)
