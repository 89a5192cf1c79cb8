"""What the check of an upgrade finds."""

from dataclasses import dataclass
from enum import StrEnum

from domain.compatibility.coverage import Coverage
from domain.names import ProviderName
from domain.semver import SemVer
from domain.upgrades.configs import ConfigPath
from domain.upgrades.validation import ConfigError


class ConfigVerdict(StrEnum):
    """Whether a config is valid under the target; unknown without a schema, or if validating took too long."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class NoteKind(StrEnum):
    """What a valid config's user should know: nothing of it is refused."""

    IGNORED = "ignored"
    DEFAULT_CHANGED = "default_changed"
    IMMUTABLE = "immutable"
    DEPRECATED = "deprecated"


class OutputState(StrEnum):
    """What became of an output that is used, the gravest first."""

    GONE = "gone"
    TYPE_CHANGED = "type_changed"
    MAY_BE_MISSING = "may_be_missing"
    MAY_BE_NULL = "may_be_null"
    THERE = "there"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one member of a config.

    Attributes:
        message: Shows parts of schemas only.
    """

    kind: NoteKind
    path: ConfigPath
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputUse:
    """One output that is used.

    Attributes:
        field: Without ``outputs.``; empty for the whole resource.
        path: Where a config refers to it; None if the use was only named.
        fits: Whether the field that it feeds takes all that it may be; None if it feeds none of these configs.
        breaks: Whether that is worse than under the version before.
        is_doubtful: Whether the output or the field changed, and it is not known whether one still fits the other.
    """

    resource: str
    field: str
    state: OutputState
    path: ConfigPath | None = None
    fits: Coverage | None = None
    breaks: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceAnswer:
    """What becomes of one resource.

    Attributes:
        was_invalid: Whether the config was invalid before; None if that is not known.
        errors: Those that are new.
        is_truncated: Whether there are more errors than are compared, so that these may not be all, or not all new.
    """

    resource: str
    name: str | None
    verdict: ConfigVerdict
    was_invalid: bool | None
    errors: tuple[ConfigError, ...] = ()
    notes: tuple[Note, ...] = ()
    outputs: tuple[OutputUse, ...] = ()
    is_truncated: bool = False

    @property
    def breaks(self) -> bool:
        """Whether the upgrade breaks it: there is a new error, or an output that it uses is worse than before."""
        return bool(self.errors) or any(output.breaks for output in self.outputs)

    @property
    def is_safe(self) -> bool:
        """Whether nothing of it breaks, as far as schemas say, and they do say."""
        is_known = all(output.state is not OutputState.UNKNOWN and not output.is_doubtful for output in self.outputs)
        is_known &= self.verdict is not ConfigVerdict.UNKNOWN and not self.is_truncated
        return not self.breaks and is_known


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeAnswer:
    """What becomes of all resources.

    Attributes:
        newest_safe: The highest version under which every resource is safe; None if none was found.
        versions_tried: How many were looked at for that, from the highest down.
        is_search_complete: False if there were more, or time ran out.
    """

    provider: ProviderName
    target: SemVer
    before: SemVer | None
    resources: tuple[ResourceAnswer, ...]
    newest_safe: SemVer | None = None
    versions_tried: int = 0
    is_search_complete: bool = True

    @property
    def breaks(self) -> bool:
        """Whether anything would break."""
        return any(resource.breaks for resource in self.resources)
