"""Which addresses are this host's own."""

import socket

from adapters.https.special_blocks import IPAddress

_DISCARD_PORT = 9
# Nobody owns these (RFC 1112 section 4, RFC 6666): a kernel that binds to them binds to anything.
_NOBODYS = {4: "240.0.0.1", 6: "100::1"}


def is_own(address: IPAddress) -> bool:
    """Ask the kernel whether packets to the address end at this host. Nothing is sent.

    Binding succeeds on own addresses, secondary and freshly added ones included. Where ``ip_nonlocal_bind`` makes it
    succeed on all, the route is asked instead: the source towards an own address is that address.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    if not _binds(family, str(address)):
        return False
    return not _binds(family, _NOBODYS[address.version]) or _source_towards(family, str(address)) == str(address)


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
