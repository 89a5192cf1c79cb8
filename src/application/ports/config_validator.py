"""Validating configs that dependents send."""

from collections.abc import Sequence
from typing import Protocol

from domain.upgrades.validation import ConfigErrors, ConfigQuestion


class ConfigValidator(Protocol):
    """Knows whether configs are valid under a schema."""

    async def validate(self, questions: Sequence[ConfigQuestion]) -> Sequence[Sequence[ConfigErrors]]:
        """Return for each question the errors of each of its configs, in their order.

        Schemas and configs are hostile: what takes too long, too much memory, or goes wrong in any way is answered by
        None. No error shows a value of a config. Never raises.
        """
        ...
