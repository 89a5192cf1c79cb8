"""The body of a check of an upgrade."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from domain.schemas import MAX_NAME_LENGTH
from domain.semver import MAX_LENGTH
from domain.upgrades.configs import MAX_RESOURCES

_Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_LENGTH)]


class UsedResource(Struct, kw_only=True):
    """One resource as its user has it. Values of the config are neither logged, stored nor shown."""

    resource: Annotated[
        str, Meta(min_length=1, max_length=MAX_NAME_LENGTH, description="The resource type.", examples=["bucket"])
    ]
    name: Annotated[
        _Name | None, Meta(description="Your own name of it, which the answer repeats.", examples=["assets"])
    ] = None
    config: Annotated[
        dict[str, Any],
        Meta(
            description="References to outputs stand where their values would: "
            '`{"provider", "resource", "name", "field"}`, within `$ref` or not.',
            examples=[{"location": "eu"}],
        ),
    ]
    uses: Annotated[
        list[_Name],
        Meta(max_length=50, description="Outputs of it that others read.", examples=[["url"]]),
    ] = field(default_factory=list)


class UpgradeCheckBody(Struct, kw_only=True, rename={"from_version": "from"}):
    """Request body for checking an upgrade. Unknown fields are ignored."""

    from_version: Annotated[
        Annotated[str, Meta(max_length=MAX_LENGTH)] | None,
        Meta(description="The version in use; only what is worse than there breaks."),
    ] = None
    resources: Annotated[list[UsedResource], Meta(min_length=1, max_length=MAX_RESOURCES)]


UPGRADE_CHECK_BODY_EXAMPLE = UpgradeCheckBody(
    from_version="1.3.2",
    resources=[UsedResource(resource="bucket", name="assets", config={"location": "eu"}, uses=["url"])],
)
