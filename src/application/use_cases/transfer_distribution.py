"""Transferring a distribution to another namespace."""

from dataclasses import dataclass

from packaging.utils import NormalizedName

from application.ports.clock import Clock
from application.ports.distribution_owners import DistributionOwners
from domain import texts
from domain.distributions import Distribution, DistributionAction, DistributionEvent, validate_transfer_reason
from domain.errors import InvalidTextError
from domain.names import PLATFORM, namespace
from domain.registrants import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A request to transfer a distribution.

    Attributes:
        prefix: The namespace that the distribution belongs to from then on.
        organization_id: The only organisation that may publish it there; None for the first that does.
        reason: Why, for the history.
    """

    operator: Operator
    name: NormalizedName
    prefix: str
    organization_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Transferred:
    """The result.

    Attributes:
        before: The owner before; None if there was none.
    """

    distribution: Distribution
    before: Distribution | None


class TransferDistribution:
    """Transfers distributions, and reserves unpublished ones. Published versions stay where they are."""

    def __init__(self, *, owners: DistributionOwners, clock: Clock) -> None:
        self._owners = owners
        self._clock = clock

    async def execute(self, transfer: Transfer) -> Transferred:
        """Transfer a distribution; nothing changes if it belongs there already.

        Raises:
            InvalidProviderNameError: The namespace is not one.
            InvalidTextError: The reason or the organisation breaks its rule.
            StoreUnavailableError: The owners cannot be reached.
        """
        owner = Distribution(
            name=transfer.name,
            prefix=namespace(transfer.prefix),
            organization_id=None
            if transfer.organization_id is None
            else texts.validate_line(transfer.organization_id, max_length=200),
        )
        if owner.prefix == PLATFORM and owner.organization_id is not None:
            raise InvalidTextError(f"no organisation publishes in {PLATFORM}; leave the organisation out")
        reason = None if transfer.reason is None else validate_transfer_reason(transfer.reason)
        before = await self._owners.find(transfer.name)
        if before != owner:
            event = DistributionEvent(
                action=DistributionAction.TRANSFERRED,
                owner=owner,
                at=self._clock.now(),
                actor=transfer.operator.id,
                reason=reason,
            )
            await self._owners.assign(event)
        return Transferred(owner, before)
