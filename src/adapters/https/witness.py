"""Witnesses over HTTPS (C2SP tlog-witness)."""

import asyncio
import ssl
from collections.abc import Sequence
from http import HTTPStatus

import httpx

from domain.log.notes import Note
from domain.log.witnesses import (
    MAX_REPLY,
    Accepted,
    Declined,
    WitnessKey,
    WitnessReply,
    read_other_size,
    request_body,
)

TIMEOUT_SECONDS = 5.0
"""For a whole answer."""
_REFUSALS = {
    HTTPStatus.NOT_FOUND: "it does not know the log's origin",
    HTTPStatus.FORBIDDEN: "it does not know the log's key",
    HTTPStatus.UNPROCESSABLE_ENTITY: "the log does not begin with what it has",
}


class HttpsWitness:
    """Asks one witness, at an address that the operator chose; implements ``application.ports.witness.Witness``.

    Uses no proxy, follows no redirects, and reads no more than an answer can have.

    Args:
        key: What it signs with.
        url: Below it is ``add-checkpoint``.
        tls: Verifies its certificate.
        seconds: For a whole answer.
    """

    def __init__(self, key: WitnessKey, url: str, tls: ssl.SSLContext, *, seconds: float = TIMEOUT_SECONDS) -> None:
        self.key = key
        self._url = f"{url.rstrip('/')}/add-checkpoint"
        self._tls = tls
        self._seconds = seconds

    async def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> WitnessReply:
        """Ask on a connection of its own: it is asked rarely."""
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=self._seconds) as client,
                client.stream("POST", self._url, content=request_body(old, proof, note), headers=_FIELDS) as response,
            ):
                body = await _read(response)
        except (TimeoutError, httpx.TimeoutException):
            return Declined(f"it did not answer within {self._seconds:g} seconds")
        except httpx.HTTPError as error:
            return Declined(f"it is unreachable ({type(error).__name__})")
        return _reply(response.status_code, body)


_FIELDS = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}


def _reply(status: int, body: bytes | None) -> WitnessReply:
    if body is None:
        return Declined("its answer is too long")
    if status == HTTPStatus.OK:
        return Accepted(body)
    if status == HTTPStatus.CONFLICT:
        return read_other_size(body)
    known = {int(each): reason for each, reason in _REFUSALS.items()}
    return Declined(known.get(status, f"it answered with {status}"))


async def _read(response: httpx.Response) -> bytes | None:
    """Return the body as it was sent; None if it is too long."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body.extend(chunk)
        if len(body) > MAX_REPLY:
            return None
    return bytes(body)
