"""What validating configs asks and answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.upgrades.configs import ConfigPath

MAX_ERRORS = 200
"""The greatest number of errors of a config that are compared."""
MAX_MESSAGE = 300
_NAMING = frozenset({"additionalProperties", "dependentRequired", "dependencies", "required", "unevaluatedProperties"})
"""Keywords whose errors stand at the object, and name the member only in their message."""


@dataclass(frozen=True, slots=True)
class ConfigQuestion:
    """Whether configs are valid under a schema.

    Attributes:
        schema: JSON text of a schema that is complete in itself.
        configs: JSON texts. No representation shows them.
    """

    schema: str
    configs: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfigError:
    """Why a config is not valid, without any value of it.

    Attributes:
        keyword: Of the schema.
        message: Shows names of members and parts of the schema only.
    """

    path: ConfigPath
    keyword: str
    message: str

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for the same error under two versions, though bounds may differ."""
        return (self.path, self.keyword, self.message if self.keyword in _NAMING else "")


ConfigErrors = tuple[ConfigError, ...] | None
"""Empty for a valid config, None if it is not known; at most ``MAX_ERRORS``."""


def new_errors(after: Sequence[ConfigError], before: Sequence[ConfigError]) -> tuple[ConfigError, ...]:
    """Return the errors that were none before."""
    known = {error.identity for error in before}
    return tuple(error for error in after if error.identity not in known)
