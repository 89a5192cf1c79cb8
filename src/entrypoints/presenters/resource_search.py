"""Resource types that were found."""

from typing import Annotated

from msgspec import Meta, Struct

from application.ports.provider_queries import ResourcePage
from domain.search import Query, ResourceHit

MAX_MATCHING = 8


class ResourceHitView(Struct, kw_only=True):
    """A resource type of a provider's latest version."""

    canonical: Annotated[str, Meta(description="The provider, as `prefix/name`.")]
    provider_display_name: str
    version: Annotated[str, Meta(description="What `latest` means; it has the resource type.")]
    resource_type: Annotated[str, Meta(description="With `canonical` and `version`, it names a schema.")]
    description: Annotated[str, Meta(description="The beginning of the schema's description; may be empty.")]
    matching_fields: Annotated[
        list[str], Meta(description="Top-level fields by which it was found, if its name is not enough; at most 8.")
    ]


class ResourceHitsView(Struct, kw_only=True):
    """The best of what was found."""

    items: list[ResourceHitView]
    total: Annotated[int, Meta(description="How many were found altogether; of very many, so many as were ranked.")]
    limit: int


def hits_view(page: ResourcePage, query: Query, *, limit: int) -> ResourceHitsView:
    items = [
        ResourceHitView(
            canonical=hit.provider.canonical,
            provider_display_name=hit.metadata.display_name,
            version=hit.version.text,
            resource_type=hit.entry.resource_type,
            description=hit.entry.summary,
            matching_fields=matching_fields(hit, query),
        )
        for hit in page.hits
    ]
    return ResourceHitsView(items=items, total=page.total, limit=limit)


def matching_fields(hit: ResourceHit, query: Query) -> list[str]:
    """Return some of the fields by which a query found a resource type."""
    return list(hit.entry.matching_fields(query)[:MAX_MATCHING])


HITS_EXAMPLE = ResourceHitsView(
    items=[
        ResourceHitView(
            canonical="platform/gcp",
            provider_display_name="Google Cloud",
            version="1.4.0",
            resource_type="storage/bucket",
            description="A bucket of Cloud Storage.",
            matching_fields=["lifecycle_rule"],
        )
    ],
    total=1,
    limit=20,
)
