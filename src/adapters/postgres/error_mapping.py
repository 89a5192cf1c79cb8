"""What goes wrong with a database, told apart by the driver's attributes and never by its texts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import structlog

from application.errors import StoreUnavailableError
from domain.errors import IllegalTransitionError, InvalidTextError, RegistryError

LAYOUT_DIFFERS = (
    "the database's layout is not the one that this release needs; run `provider-registry database upgrade`"
)
PRIVILEGES_LACKING = (
    "the database's role lacks a privilege; migrate as the owner of the tables, and let the role that serves have what "
    "it needs: `provider-registry database upgrade --grant-to ROLE`"
)
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)

_UNAVAILABLE = "the registry's database is out of service; the same request is safe to send again"

_RACES = frozenset(
    {
        "pk_providers",
        "uq_provider_versions_version",
        "fk_provider_versions_prefix_providers",
        "pk_distributions",
        "pk_wheel_files",
    }
)
"""Constraints that a writer breaks only because another one came first."""

_REFUSALS = {
    "ck_providers_metadata_is_whole": "a provider's metadata has a display name, a description and tags, or is absent",
    "ck_provider_versions_status_is_known": "a version is building, published, failed or yanked",
    "ck_provider_versions_wheel_is_whole": "what is known of a wheel has its digest, size, file name and distribution",
    "ck_provider_versions_public_has_wheel": "a public version has a proven wheel and a time of publication",
    "ck_provider_versions_failed_has_error": "a failed version, and no other, has an error message",
    "ck_provider_versions_yanked_has_time": "a yanked version, and no other, has the time of its yank",
    "ck_distribution_events_action_is_known": "a distribution is claimed, taken over or transferred, and nothing else",
    "ck_version_events_action_is_known": "a version is published, fails, is yanked or is restored, and nothing else",
}
"""What the domain says of a row that breaks a constraint."""

# Source: PostgreSQL, appendix A, "Error Codes".
_TURN_LOST = frozenset({"40001", "40P01", "0A000"})  # serialization, deadlock, a plan outdated by a migration
_UNDEFINED = frozenset({"42P01", "42703", "3F000"})  # table, column, schema
_FORBIDDEN = "42501"
_DATA_EXCEPTION = "22"
_READ_ONLY = "25006"


class RetryableFaultError(Exception):
    """The transaction left nothing behind, and doing it again from the start may succeed.

    Attributes:
        outcome: What to raise when it does not.
    """

    def __init__(self, outcome: StoreUnavailableError) -> None:
        """Keep the refusal for when attempts run out."""
        super().__init__(outcome.detail)
        self.outcome = outcome


class SilentConnectionError(Exception):
    """A connection did not answer in time. The database may answer on another one."""


def overtaken() -> RetryableFaultError:
    """Return what to raise where another writer came first."""
    return RetryableFaultError(StoreUnavailableError(_UNAVAILABLE))


def driver_faults(
    connection: asyncpg.Connection | None = None, *, repeats_silent: bool = False
) -> AbstractContextManager[None]:
    """Turn what a driver raises into what a store raises.

    Raises:
        RetryableFaultError: Another writer came first; or the connection was lost, if one is given: what was asked of
            it may be asked again.
        SilentConnectionError: There was no answer in time, if that is to be repeated.
        StoreUnavailableError: Any other fault of the database or on the way to it.
        IllegalTransitionError: A row breaks the lifecycle.
        InvalidTextError: A text cannot be stored.
    """
    return _Translating(connection, repeats_silent=repeats_silent)


class _Translating(AbstractContextManager[None]):
    """Around a call of the driver."""

    __slots__ = ("_connection", "_repeats_silent")

    def __init__(self, connection: asyncpg.Connection | None, *, repeats_silent: bool) -> None:
        self._connection = connection
        self._repeats_silent = repeats_silent

    def __exit__(self, _: object, error: BaseException | None, __: object, /) -> None:
        if isinstance(error, DRIVER_ERRORS):
            lost = self._connection is not None and self._connection.is_closed()
            if self._repeats_silent and isinstance(error, TimeoutError) and not lost:
                structlog.get_logger().warning("database_connection_silent")
                raise SilentConnectionError from error
            raise (_refusal(error) or _fault(error, retry=lost)) from error


@contextmanager
def final_driver_faults() -> Iterator[None]:
    """Turn what a driver raises into what a store raises, where nobody tries again.

    Raises:
        StoreUnavailableError: Any fault of the database or on the way to it.
    """
    try:
        with driver_faults():
            yield
    except RetryableFaultError as fault:
        raise fault.outcome from fault.__cause__


def is_lost(error: BaseException) -> bool:
    """Tell whether a connection is useless after an error: broken, stuck, or left on a server that is read-only now."""
    return isinstance(error.__cause__, OSError) or _sqlstate(error.__cause__) == _READ_ONLY


def _refusal(error: Exception) -> RegistryError | None:
    """Return what the domain says of the row, if the row is at fault."""
    reason = _REFUSALS.get(_attribute(error, "constraint_name"))
    if reason is not None:
        return IllegalTransitionError(reason)
    if _sqlstate(error).startswith(_DATA_EXCEPTION) or isinstance(error, asyncpg.DataError):
        return InvalidTextError("a text holds characters that cannot be stored")
    return None


def _fault(error: Exception, *, retry: bool) -> StoreUnavailableError | RetryableFaultError:
    sqlstate = _sqlstate(error)
    raced = _attribute(error, "constraint_name") in _RACES or sqlstate in _TURN_LOST
    outcome = StoreUnavailableError(_detail(sqlstate))
    if not raced:
        structlog.get_logger().warning(
            "database_fault", fault=type(error).__name__, sqlstate=sqlstate, reason=str(error).partition("\n")[0]
        )
    return RetryableFaultError(outcome) if raced or retry else outcome


def _detail(sqlstate: str) -> str:
    if sqlstate in _UNDEFINED:
        return LAYOUT_DIFFERS
    return PRIVILEGES_LACKING if sqlstate == _FORBIDDEN else _UNAVAILABLE


def _sqlstate(error: BaseException | None) -> str:
    return _attribute(error, "sqlstate")


def _attribute(error: BaseException | None, name: str) -> str:
    value = getattr(error, name, None)
    return value if isinstance(value, str) else ""
