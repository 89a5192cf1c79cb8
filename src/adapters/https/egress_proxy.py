"""A proxy between the registry and wheel hosts."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self
from urllib.parse import unquote

import anyio

from adapters.https.connection import TcpStream
from adapters.https.special_purpose_ranges import IPAddress
from domain.errors import InvalidWheelUrlError
from domain.wheel.url import parse_authority

_URL = re.compile(r"http://(?:(?P<user>[!-~]*)@)?(?P<authority>[^@/?#]+:[0-9]{1,5})/?")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_MAX_HEAD_BYTES = 16 * 1024
_TRANSIENT = frozenset({429, 500, 502, 503, 504})


class EgressProxyError(OSError):
    """There is no tunnel. The message begins with a verb, whose subject is the proxy.

    Attributes:
        is_transient: Whether the next attempt may succeed.
    """

    def __init__(self, what: str, *, is_transient: bool = True) -> None:
        super().__init__(what)
        self.is_transient = is_transient


@dataclass(frozen=True, slots=True)
class EgressProxy:
    """Opens tunnels with CONNECT (RFC 9110 section 9.3.6).

    Attributes:
        authorization: The value of ``Proxy-Authorization``, if the proxy wants one.
    """

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse ``http://[user[:password]@]host:port``; user and password may be percent-encoded.

        Raises:
            ValueError: It is something else. The message repeats nothing of it.
        """
        found = _URL.fullmatch(url)
        try:
            host, port = parse_authority(found["authority"] if found else "")
        except InvalidWheelUrlError:
            raise ValueError("not the URL of an HTTP proxy") from None
        if found is None or found["user"] is None:
            return cls(host, port)
        user, _, password = found["user"].partition(":")
        pair = f"{unquote(user)}:{unquote(password)}".encode()
        return cls(host, port, f"Basic {b64encode(pair).decode()}")

    async def connect(self, address: IPAddress, host: str, port: int) -> TcpStream:
        """Open a tunnel to a host, through the proxy at one of its addresses.

        Raises:
            EgressProxyError: The proxy cannot be reached, refuses, or does not speak HTTP/1.1.
        """
        try:
            tcp = await TcpStream.connect(address, self.port)
        except OSError as error:
            raise EgressProxyError("cannot be reached") from error
        try:
            await self._open_tunnel(tcp, host, port)
        except BaseException:
            tcp.close()
            raise
        return tcp

    async def _open_tunnel(self, tcp: TcpStream, host: str, port: int) -> None:
        head = b""
        try:
            await tcp.send(self._request(host, port))
            while b"\r\n\r\n" not in head:
                if len(head) > _MAX_HEAD_BYTES:
                    break
                head += await tcp.receive(_MAX_HEAD_BYTES)
        except (anyio.EndOfStream, OSError):
            raise EgressProxyError("broke off") from None
        _check(head)

    def _request(self, host: str, port: int) -> bytes:
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if self.authorization is not None:
            lines.append(f"Proxy-Authorization: {self.authorization}")
        return "\r\n".join([*lines, "\r\n"]).encode("ascii")


def _check(head: bytes) -> None:
    line = _STATUS_LINE.match(head)
    if line is None or b"\r\n\r\n" not in head:
        raise EgressProxyError("sent an answer that cannot be read")
    status = int(line[1])
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise EgressProxyError(
            "does not accept this registry's credentials (407); tell its operators", is_transient=False
        )
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        what = f"answers {status} instead of connecting to the host; ask its operators whether it may"
        raise EgressProxyError(what, is_transient=status in _TRANSIENT)
    if head.index(b"\r\n\r\n") != len(head) - 4:  # TLS begins with our bytes
        raise EgressProxyError("sent bytes of its own into the connection")
