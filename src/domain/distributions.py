"""Distributions, and the namespaces that they belong to."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from domain import texts
from domain.errors import DistributionConflictError, InvalidDistributionNameError
from domain.names import ProviderName

MAX_TRANSFER_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A distribution and the namespace whose providers may publish wheels of it.

    Attributes:
        organization_id: The organisation that publishes it, whatever its slug becomes; None until one does.
    """

    name: NormalizedName
    prefix: str
    organization_id: str | None = None

    def require_publishable_by(self, provider: ProviderName, organization_id: str | None) -> None:
        """Return if a version of that provider may have a wheel of this distribution.

        The platform may publish any distribution: a customer must not be able to block a release by claiming its name.

        Raises:
            DistributionConflictError: The distribution belongs to another namespace or organisation.
        """
        if provider.is_platform:
            return
        if self.prefix != provider.prefix:
            owner = f"the namespace {self.prefix}"
        elif self.organization_id not in {None, organization_id} and organization_id is not None:
            owner = f"another organisation, which had the namespace {self.prefix} before"
        else:
            return
        raise DistributionConflictError(
            f"the distribution {self.name} belongs to {owner}; build the wheel under another distribution name",
            distribution=self.name,
            namespace=provider.prefix,
        )

    def published_by(self, provider: ProviderName, organization_id: str | None) -> Self:
        """Return the distribution after a version of that provider was published with a wheel of it."""
        if self.prefix != provider.prefix:
            return replace(self, prefix=provider.prefix, organization_id=organization_id)
        return replace(self, organization_id=self.organization_id or organization_id)


class DistributionAction(StrEnum):
    """A change of a distribution's owner.

    ``claimed`` by a first publication, ``taken_over`` by the platform's publication, or ``transferred`` by an operator.
    """

    CLAIMED = "claimed"
    TAKEN_OVER = "taken_over"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionEvent:
    """A distribution's owner from then on. Never changed or removed once it is kept."""

    action: DistributionAction
    owner: Distribution
    at: datetime
    actor: str
    request_id: str | None = None
    reason: str | None = None


def distribution_name(written: str) -> NormalizedName:
    """Return the normalised form of a distribution name.

    Raises:
        InvalidDistributionNameError: It is not a distribution name.
    """
    try:
        return canonicalize_name(written, validate=True)
    except InvalidName:
        raise InvalidDistributionNameError(
            "a distribution name is ASCII letters and digits, with '.', '-' or '_' between them"
        ) from None


def validate_transfer_reason(value: str) -> str:
    """Return a reason of 1 to 2000 characters.

    Raises:
        InvalidTextError: It is blank or longer, or holds control characters other than tabs and line ends.
    """
    return texts.validate_text(value, min_length=1, max_length=MAX_TRANSFER_REASON)
