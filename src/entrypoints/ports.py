"""Whether a server can listen where it is told to."""

import socket


class PortTakenError(Exception):
    """Somebody listens there already; the message says where."""


def require_free(host: str, port: int) -> None:
    """Return if nobody listens there.

    The server lets several workers share a port, so the system alone would let two servers share it without a word.

    Raises:
        PortTakenError: Somebody does, or the address is not this host's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as after a server that just ended
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTakenError(f"cannot listen on {host}:{port}: {error.strerror}") from None
