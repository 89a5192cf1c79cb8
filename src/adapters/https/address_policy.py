"""Which addresses the registry may connect to."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

import structlog

from adapters.https import special_purpose_ranges
from adapters.https.special_purpose_ranges import IPAddress, IPNetwork, cached
from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.url import DEFAULT_PORT, parse_authority

_log = structlog.get_logger()
_OTHER_PORT = "another port"
_NO_DOMAIN = "a name without a domain"
_INTERNAL_DOMAINS = frozenset({"localhost", "local", "internal", "arpa"})
"""RFC 6761, RFC 6762, ICANN's .internal, and home.arpa of RFC 8375."""
_DISCARD_PORT = 9
_UNASSIGNED = {4: "240.0.0.1", 6: "100::1"}
"""If ``bind`` succeeds on one of these (RFC 1112, RFC 6666), ``ip_nonlocal_bind`` is on, and that shows nothing."""


def is_local(address: IPAddress) -> bool:
    """Ask the kernel whether packets to the address end at this host. Nothing is sent.

    Binding succeeds on local addresses, secondary and freshly added ones included. Where ``ip_nonlocal_bind`` makes it
    succeed on all, the route is asked instead: the source towards a local address is that address.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    if not _binds(family, str(address)):
        return False
    return not _binds(family, _UNASSIGNED[address.version]) or _source_towards(family, str(address)) == str(address)


def _binds(family: socket.AddressFamily, address: str) -> bool:
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _source_towards(family: socket.AddressFamily, address: str) -> str | None:
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, _DISCARD_PORT))
        except OSError:
            return None
        return str(probe.getsockname()[0])


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Allows public addresses, and those that the operator configured.

    Attributes:
        allowed_networks: Allowed although special-purpose. Addresses of this host, link-local, cloud metadata and those
            that embed an IPv4 address stay forbidden unless the exact address is listed, as a /32 or /128.
        allowed_hosts: Canonical names whose addresses may be special-purpose; the same exception holds.
        is_local: Whether an address is one of this host's.
        allowed_ports: Of hosts that are not allowed by network or name.
    """

    allowed_networks: frozenset[IPNetwork] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
    is_local: Callable[[IPAddress], bool] = field(default=is_local, repr=False)
    allowed_ports: frozenset[int] = frozenset({DEFAULT_PORT})

    @classmethod
    def parse(
        cls, *, networks: Iterable[str] = (), hosts: Iterable[str] = (), ports: Iterable[int] = (DEFAULT_PORT,)
    ) -> Self:
        """Parse CIDRs (a bare address means exactly it) and host names in any spelling.

        Raises:
            ValueError: One is no network (or has host bits set), or no host; the message names it.
        """
        return cls(
            frozenset(ipaddress.ip_network(network.strip()) for network in networks),
            frozenset(parse_authority(host.strip())[0] for host in hosts),
            allowed_ports=frozenset(ports),
        )

    def check(self, host: str, answer: str, *, port: int = DEFAULT_PORT) -> IPAddress:
        """Return an address that the host's name resolved to, parsed, if it is allowed.

        Raises:
            WheelRefusedError: It is forbidden. The message omits the address, since a caller could read internal DNS
                with it; the log has it.
        """
        address = parse_address(answer)
        objection = "unreadable" if address is None else self._objection(host, address, port)
        if address is not None and objection is None:
            return address
        raise _forbidden(host, port, answer, objection)

    def check_unresolved(self, host: str, *, port: int = DEFAULT_PORT) -> None:
        """Check a host whose name is resolved elsewhere: an address, or what the name and the port tell.

        Raises:
            WheelRefusedError: It is forbidden.
        """
        if parse_address(host) is not None:
            self.check(host, host, port=port)
            return
        objection = "an internal name" if host.rpartition(".")[2] in _INTERNAL_DOMAINS else None
        if host not in self.allowed_hosts and (objection := self._objection_to_name(host, port) or objection):
            raise _forbidden(host, port, host, objection)

    def _objection(self, host: str, address: IPAddress, port: int) -> str | None:
        if getattr(address, "scope_id", None) is not None:
            return "scoped to an interface"
        if _only(address) in self.allowed_networks:
            return None
        if near := special_purpose_ranges.never_routable_range(address):
            return near
        if self.is_local(address):
            return "this host's own"
        if host in self.allowed_hosts or any(address in network for network in self.allowed_networks):
            return None
        return special_purpose_ranges.special_purpose_range(address) or self._objection_to_name(host, port)

    def _objection_to_name(self, host: str, port: int) -> str | None:
        if "." not in host and ":" not in host:
            return _NO_DOMAIN
        return None if port in self.allowed_ports else _OTHER_PORT


def _forbidden(host: str, port: int, address: str, objection: str | None) -> WheelRefusedError:
    _log.warning("wheel_address_forbidden", host=host, port=port, address=address, block=objection)
    return WheelRefusedError(WheelProblem.ADDRESS_FORBIDDEN, _sentence(host, objection))


def _sentence(host: str, objection: str | None) -> str:
    if objection == _OTHER_PORT:
        return "this registry fetches from another port than 443 only where its operators allow it; use port 443"
    if objection == _NO_DOMAIN:
        return f"the host {host} has no domain, so it is another one elsewhere; write its full name"
    return (
        f"the host {host} is at an address that this registry does not fetch from; "
        "upload the wheel to a public host, or ask the registry's operators to allow this one"
    )


@cached
def parse_address(text: str) -> IPAddress | None:
    """Parse an address; None if it is none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@cached
def _only(address: IPAddress) -> IPNetwork:
    """Return the network of one address."""
    return ipaddress.ip_network(address)
