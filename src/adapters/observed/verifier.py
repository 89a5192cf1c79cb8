"""Verifying tokens, watched."""

from typing import Generic, Protocol, TypeVar

from application.ports.observer import Observer, Stage

Caller_co = TypeVar("Caller_co", covariant=True)


class _Verifier(Protocol[Caller_co]):
    async def verify(self, token: str) -> Caller_co: ...


class ObservedVerifier(Generic[Caller_co]):
    """Either realm's verifier, with ``Stage.AUTHENTICATE`` around each verification."""

    def __init__(self, verifier: _Verifier[Caller_co], observer: Observer) -> None:
        """Watch a verifier."""
        self._verifier = verifier
        self._observer = observer

    async def verify(self, token: str) -> Caller_co:
        """Verify as the verifier behind it does."""
        with self._observer.stage(Stage.AUTHENTICATE):
            return await self._verifier.verify(token)
