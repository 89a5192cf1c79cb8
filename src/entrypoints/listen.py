"""Checks whether a server can listen on an address."""

import ipaddress
import socket


class PortTakenError(Exception):
    """The address is in use; the message names it."""


class UnknownHostError(Exception):
    """A name leads to no address."""


def address_of(host: str) -> str:
    """Return an address to listen on: the host itself, or where a name leads to, to IPv4 first.

    Raises:
        UnknownHostError: It leads nowhere.
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownHostError("the name leads to no address") from None
    return str(min(found, key=lambda each: each[0] != socket.AF_INET)[4][0])


def require_free(host: str, port: int) -> None:
    """Return if the port is free.

    The server lets several workers share a port, so the system alone would let two servers share it without a word.

    Raises:
        PortTakenError: It is in use, or the address is not this host's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as after a server that just ended
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTakenError(f"cannot listen on {host}:{port}: {error.strerror}") from None
