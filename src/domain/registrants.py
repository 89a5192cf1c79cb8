"""Who registers versions: machines of the Console realm, customers and operators."""

from dataclasses import dataclass
from typing import Protocol, Self

from domain.errors import MachineNotAllowedError, NamespaceForbiddenError
from domain.names import PLATFORM, ProviderName


class Registrant(Protocol):
    """A machine, customer or operator that registers a version."""

    @property
    def id(self) -> str:
        """The id that the realm knows the registrant by."""
        ...

    @property
    def actor(self) -> str:
        """What is recorded as ``registered_by``, and as the actor in histories."""
        ...

    @property
    def organization_id(self) -> str | None:
        """The organisation that this registrant acts for, or None if it is no customer."""
        ...

    @property
    def organization_name(self) -> str | None:
        """How that organisation is shown, or None if it is not known."""
        ...

    def authorise(self, name: ProviderName) -> None:
        """Return if this registrant may publish under that name.

        Raises:
            NamespaceForbiddenError: It may not.
        """
        ...


@dataclass(frozen=True, slots=True)
class _PlatformRegistrant:
    """A registrant that is no customer."""

    id: str

    @property
    def actor(self) -> str:
        return self.id

    @property
    def organization_id(self) -> None:
        return None

    @property
    def organization_name(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class ConsoleMachine(_PlatformRegistrant):
    """An authenticated machine of the Console realm, such as a release pipeline. It publishes first-party providers.

    Attributes:
        id: The id that the Console realm gave the machine.
    """

    def authorise(self, name: ProviderName) -> None:
        """Return if the name is in the platform's namespace.

        Raises:
            NamespaceForbiddenError: It is in another one.
        """
        if not name.is_platform:
            msg = (
                f"machines of the Console realm publish {PLATFORM}/<name> only; "
                f"{name} is its organisation's to register, with a token of the customer realm"
            )
            raise NamespaceForbiddenError(msg)


@dataclass(frozen=True, slots=True)
class Operator(_PlatformRegistrant):
    """A person with access to the host, acting through a script or the command line. May publish anywhere.

    Attributes:
        id: How the operator is recorded, ``operator:<who>`` by convention.
    """

    def authorise(self, name: ProviderName) -> None:
        """Return: operators may publish under every name."""


@dataclass(frozen=True, slots=True)
class ReleaseAllowList:
    """The machines that may release, by id."""

    machine_ids: frozenset[str]

    def admit(self, machine: ConsoleMachine) -> None:
        """Return if the machine may release.

        Raises:
            MachineNotAllowedError: It is authentic but not listed.
        """
        if machine.id not in self.machine_ids:
            msg = f"machine {machine.id} may not register versions; ask an operator to add it to the release allow-list"
            raise MachineNotAllowedError(msg)


@dataclass(frozen=True, slots=True)
class Account:
    """What limits are counted by: a machine of the Console realm, or a customer's organisation."""

    id: str
    is_customer: bool = False

    @classmethod
    def of(cls, registrant: Registrant) -> Self:
        organization = registrant.organization_id
        return cls(registrant.id if organization is None else organization, is_customer=organization is not None)
