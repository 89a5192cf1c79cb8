"""Which addresses may be reached."""

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

import structlog

from adapters.https import special_blocks
from adapters.https.own_addresses import is_own
from adapters.https.special_blocks import IPAddress, IPNetwork, remembered
from domain.errors import WheelFault, WheelRefusedError
from domain.wheel_urls import parse_authority

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Says which addresses the registry may connect to: public ones, and what the operator opened.

    Attributes:
        allowed_networks: Reachable although special. Addresses of this host, link-local, cloud metadata and those that
            embed an IPv4 address stay closed unless the exact address is listed, as a /32 or /128.
        allowed_hosts: Canonical names whose addresses may be special; the same exception holds.
        is_own: Tells this host's own addresses.
    """

    allowed_networks: frozenset[IPNetwork] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
    is_own: Callable[[IPAddress], bool] = field(default=is_own, repr=False)

    @classmethod
    def parse(cls, *, networks: Iterable[str] = (), hosts: Iterable[str] = ()) -> Self:
        """Read CIDRs (a bare address means exactly it) and host names in any spelling.

        Raises:
            ValueError: One is no network (or has host bits set), or no host; the message names it.
        """
        return cls(
            frozenset(ipaddress.ip_network(network.strip()) for network in networks),
            frozenset(parse_authority(host.strip())[0] for host in hosts),
        )

    def check(self, host: str, answer: str) -> IPAddress:
        """Return the address, which the host's name resolved to, if it may be reached.

        Raises:
            WheelRefusedError: It may not. The sentence keeps the address back, since a caller could read the internal
                name service with it; the log has it.
        """
        address = parse_address(answer)
        objection = "unreadable" if address is None else self._objection(host, address)
        if address is not None and objection is None:
            return address
        _log.warning("wheel_address_forbidden", host=host, address=answer, block=objection)
        raise WheelRefusedError(
            WheelFault.ADDRESS_FORBIDDEN,
            f"the host {host} is at an address that this registry does not fetch from; "
            "upload the wheel to a public host, or ask the registry's operators to allow this one",
        )

    def _objection(self, host: str, address: IPAddress) -> str | None:
        if getattr(address, "scope_id", None) is not None:
            return "scoped to an interface"
        if _only(address) in self.allowed_networks:
            return None
        if near := special_blocks.near(address):
            return near
        if self.is_own(address):
            return "this host's own"
        if host in self.allowed_hosts or any(address in network for network in self.allowed_networks):
            return None
        return special_blocks.special(address)


@remembered
def parse_address(text: str) -> IPAddress | None:
    """Read an address, or return None if it is none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@remembered
def _only(address: IPAddress) -> IPNetwork:
    """Return the network that is one address."""
    return ipaddress.ip_network(address)
