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
from domain.wheel_urls import DEFAULT_PORT, parse_authority

_log = structlog.get_logger()
_OTHER_PORT = "another port"
_NO_DOMAIN = "a name without a domain"


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Says which addresses the registry may connect to: public ones, and what the operator opened.

    Attributes:
        allowed_networks: Reachable although special. Addresses of this host, link-local, cloud metadata and those that
            embed an IPv4 address stay closed unless the exact address is listed, as a /32 or /128.
        allowed_hosts: Canonical names whose addresses may be special; the same exception holds.
        is_own: Tells this host's own addresses.
        allowed_ports: Of hosts that are not allowed by network or name.
    """

    allowed_networks: frozenset[IPNetwork] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
    is_own: Callable[[IPAddress], bool] = field(default=is_own, repr=False)
    allowed_ports: frozenset[int] = frozenset({DEFAULT_PORT})

    @classmethod
    def parse(
        cls, *, networks: Iterable[str] = (), hosts: Iterable[str] = (), ports: Iterable[int] = (DEFAULT_PORT,)
    ) -> Self:
        """Read CIDRs (a bare address means exactly it) and host names in any spelling.

        Raises:
            ValueError: One is no network (or has host bits set), or no host; the message names it.
        """
        return cls(
            frozenset(ipaddress.ip_network(network.strip()) for network in networks),
            frozenset(parse_authority(host.strip())[0] for host in hosts),
            allowed_ports=frozenset(ports),
        )

    def check(self, host: str, answer: str, *, port: int = DEFAULT_PORT) -> IPAddress:
        """Return the address, which the host's name resolved to, if it may be reached.

        Raises:
            WheelRefusedError: It may not. The sentence keeps the address back, since a caller could read the internal
                name service with it; the log has it.
        """
        address = parse_address(answer)
        objection = "unreadable" if address is None else self._objection(host, address, port)
        if address is not None and objection is None:
            return address
        _log.warning("wheel_address_forbidden", host=host, port=port, address=answer, block=objection)
        raise WheelRefusedError(WheelFault.ADDRESS_FORBIDDEN, _sentence(host, objection))

    def _objection(self, host: str, address: IPAddress, port: int) -> str | None:
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
        return special_blocks.special(address) or self._objection_to_name(host, port)

    def _objection_to_name(self, host: str, port: int) -> str | None:
        if "." not in host and ":" not in host:
            return _NO_DOMAIN
        return None if port in self.allowed_ports else _OTHER_PORT


def _sentence(host: str, objection: str | None) -> str:
    if objection == _OTHER_PORT:
        return "this registry fetches from another port than 443 only where its operators allow it; use port 443"
    if objection == _NO_DOMAIN:
        return f"the host {host} has no domain, so it is another one elsewhere; write its full name"
    return (
        f"the host {host} is at an address that this registry does not fetch from; "
        "upload the wheel to a public host, or ask the registry's operators to allow this one"
    )


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
