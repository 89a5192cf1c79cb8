"""A probe of wheels that never leave this process."""

from collections import Counter

from domain.availability import FileSignature
from domain.errors import RegistryError
from domain.wheel.url import WheelUrl


class InMemoryOriginProbe:
    """Says what it was told; implements ``application.ports.origin_probe.OriginProbe``.

    Attributes:
        looks: How often each URL was asked for.
    """

    def __init__(self) -> None:
        self.looks: Counter[WheelUrl] = Counter()
        self._answers: dict[WheelUrl, FileSignature | RegistryError] = {}

    def put(self, url: WheelUrl, answer: FileSignature | RegistryError) -> None:
        """Answer so from now on; an error is raised."""
        self._answers[url] = answer

    async def look(self, url: WheelUrl, *, namespace: str | None = None) -> FileSignature:  # noqa: ARG002 -- the port's
        self.looks[url] += 1
        answer = self._answers.get(url, FileSignature())
        if isinstance(answer, RegistryError):
            raise answer
        return answer
