"""Decorator that times token verification."""

from typing import Generic, Protocol, TypeVar

from adapters.instrumentation import Stage, StageObserver

Caller_co = TypeVar("Caller_co", covariant=True)


class _Verifier(Protocol[Caller_co]):
    async def verify(self, token: str) -> Caller_co: ...


class InstrumentedVerifier(Generic[Caller_co]):
    """Either realm's verifier, with ``Stage.AUTHENTICATE`` around each verification."""

    def __init__(self, verifier: _Verifier[Caller_co], observer: StageObserver) -> None:
        self._verifier = verifier
        self._observer = observer

    async def verify(self, token: str) -> Caller_co:
        """As ``TokenVerifier`` and ``CustomerVerifier``."""
        with self._observer.stage(Stage.AUTHENTICATE):
            return await self._verifier.verify(token)
