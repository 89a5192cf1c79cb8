"""The names that wheels hold, in memory."""

from domain.distributions import ClaimedFile, Distribution, DistributionEvent, WheelNames
from domain.names import ProviderName
from domain.wheel.filename import WheelFilename


class InMemoryNames:
    """Owners of distributions and of file names.

    Attributes:
        distributions: Owners by distribution.
        events: Changes of owners, in the order of writing.
    """

    def __init__(self) -> None:
        self.distributions: dict[str, Distribution] = {}
        self.events: list[DistributionEvent] = []
        self._files: dict[tuple[str, str], ClaimedFile] = {}

    def of(self, name: ProviderName, wheel: WheelFilename | None) -> WheelNames | None:
        """Return what is known of a wheel's names in a provider's namespace."""
        if wheel is None:
            return None
        return WheelNames(
            distribution=self.distributions.get(wheel.distribution),
            file=self._files.get((name.prefix, wheel.normalised)),
        )

    def claim(self, name: ProviderName, names: WheelNames | None, event: DistributionEvent | None) -> None:
        """Write the names that a publication claims."""
        if names is not None and names.file is not None:
            self._files[name.prefix, names.file.filename] = names.file
        if event is not None:
            self.assign(event)

    def assign(self, event: DistributionEvent) -> None:
        """Change a distribution's owner."""
        self.distributions[event.owner.name] = event.owner
        self.events.append(event)
