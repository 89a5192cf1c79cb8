"""Failures of ports: the caller is not authenticated, or something is out of reach for now."""

from domain.errors import ConflictError, NotFoundError, RegistryError


class NotAuthenticatedError(RegistryError):
    """The caller is not authenticated.

    Attributes:
        reason: Which check failed. For the log only: the caller always reads the same sentence.
    """

    code = "not_authenticated"

    def __init__(self, reason: str) -> None:
        super().__init__("Not authenticated")
        self.reason = reason


class LeaseLostError(Exception):
    """Another worker may have claimed the task, so nothing was written."""


class TransientError(RegistryError):
    """Nothing was written; the same request may succeed later."""


class WheelHostError(TransientError):
    """The wheel's host did not serve it.

    Attributes:
        reached: Whether there was a connection to it, with TLS.
    """

    def __init__(self, detail: str, *, reached: bool = True) -> None:
        super().__init__(detail)
        self.reached = reached


class WheelHostFailedError(WheelHostError):
    """The wheel's host was unreachable or answered wrongly."""

    code = "wheel_host_failed"


class WheelHostUnreachableError(WheelHostError):
    """The wheel's host cannot be reached, for a reason that is kept from this caller.

    Attributes:
        reason: For the log.
    """

    code = "wheel_host_unreachable"

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail, reached=False)
        self.reason = reason


class WheelHostTimeoutError(WheelHostError):
    """The wheel's host did not finish before the deadline."""

    code = "wheel_host_timeout"


class UnavailableError(TransientError):
    """Something that the registry depends on is out of service.

    Attributes:
        retry_after: Seconds after which a retry is reasonable; None if unknown.
    """

    def __init__(self, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class StoreUnavailableError(UnavailableError):
    """The database is unreachable or not ready."""

    code = "database_unavailable"


class ComparisonsBusyError(UnavailableError):
    """Another comparison for readers is under way."""

    code = "comparisons_busy"


class SearchBusyError(UnavailableError):
    """A search found no turn in time, or took too long."""

    code = "search_busy"


class CheckBusyError(UnavailableError):
    """As many upgrades are being checked as may be at once."""

    code = "check_busy"


class StoreMisconfiguredError(UnavailableError):
    """The database will not accept the registry until an operator changes a setting."""

    code = "database_misconfigured"


class TokenAuthorityUnavailableError(UnavailableError):
    """The authority that issues tokens cannot be asked, so no token can be verified."""

    code = "token_authority_unavailable"


class SpoolUnavailableError(UnavailableError):
    """There is no room to hold the wheel while it is checked."""

    code = "spool_unavailable"


class MirrorUnavailableError(UnavailableError):
    """The storage of the mirror is out of reach, or has lost a file."""

    code = "mirror_unavailable"


class MirrorCorruptError(UnavailableError):
    """A copy in the mirror is not the file that it was."""

    code = "mirror_corrupt"


class TooManyFetchesError(UnavailableError):
    """As many wheels are being fetched as may be at once, and none was done in time."""

    code = "too_many_fetches"


class TooManyRegistrationsError(UnavailableError):
    """This caller has too many registrations in flight."""

    code = "too_many_registrations"


class LogOriginError(ConflictError):
    """The transparency log has another origin than the signing keys."""

    code = "log_origin_mismatch"


class LogWouldForkError(ConflictError):
    """What would be signed contradicts what was signed before."""

    code = "log_would_fork"


class EventNotLoggableError(ConflictError):
    """Some events cannot be made entries of the transparency log."""

    code = "log_event_unusable"


class CheckpointNotKeptError(ConflictError):
    """What was signed last cannot be read or written."""

    code = "log_checkpoint_not_kept"


class LogEmptyError(NotFoundError):
    """The transparency log has no checkpoint yet."""

    code = "log_empty"


class TileNotFoundError(NotFoundError):
    """The transparency log has no such tile, or not yet."""

    code = "tile_not_found"


class NotLoggedYetError(NotFoundError):
    """The version is public, and its entry is not appended to the log yet.

    Attributes:
        retry_after: Seconds after which a retry is reasonable.
    """

    code = "not_logged_yet"
    retry_after = 1


class CursorAheadError(ConflictError):
    """A client has read more changes than there are: its cursor is of another log, or the log went back."""

    code = "cursor_ahead"


class ReceiverNotFoundError(NotFoundError):
    """There is no receiver of webhooks of that name."""

    code = "receiver_not_found"


class ReceiverExistsError(ConflictError):
    """There is a receiver of webhooks of that name already."""

    code = "receiver_exists"


class EventNotNextError(ConflictError):
    """The event that is to be skipped is not the one that the receiver gets next."""

    code = "event_not_next"


class SecretUnreadableError(ConflictError):
    """A secret at rest was encrypted with a key that is not configured."""

    code = "secret_unreadable"
