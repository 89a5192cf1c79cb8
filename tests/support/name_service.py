"""The name service of a container network, which knows one name."""

import socketserver
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address

from tests.support.serving import serving

_ANSWERED, _A, _IN, _SECONDS = 0x8180, 1, 1, 1
_QUESTION_NAME = 0xC00C  # a pointer to the first name of the message


@contextmanager
def a_name_service(name: str, addresses: Sequence[str]) -> Iterator[int]:
    """Answer questions for the IPv4 addresses of one name, and no others; give the port on loopback."""
    known = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    found = b"".join(_record(IPv4Address(address)) for address in addresses)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            message, socket = self.request
            question = message[12 : message.index(b"\0", 12) + 5]
            is_known = question == known + struct.pack("!2H", _A, _IN)
            count = len(addresses) if is_known else 0
            head = message[:2] + struct.pack("!5H", _ANSWERED, 1, count, 0, 0)
            socket.sendto(head + question + found * is_known, self.client_address)

    with serving(socketserver.UDPServer(("127.0.0.1", 0), Handler)) as port:
        yield port


def _record(address: IPv4Address) -> bytes:
    return struct.pack("!3HIH", _QUESTION_NAME, _A, _IN, _SECONDS, 4) + address.packed
