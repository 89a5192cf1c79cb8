"""Maps errors of SQLAlchemy and asyncpg, by SQLSTATE and constraint, never by message."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import structlog
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from application.errors import StoreUnavailableError
from domain.errors import IllegalTransitionError, InvalidTextError, RegistryError

SCHEMA_MISMATCH = "the database schema is not the one that this release needs; run `provider-registry database upgrade`"
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
        "uq_tasks_key",
    }
)
"""Constraints that only a concurrent writer can make a write violate."""

_REFUSALS = {
    "ck_providers_metadata_is_whole": "a provider's metadata has a display name, a description and tags, or is absent",
    "ck_provider_versions_status_is_known": "a version is building, published, failed or yanked",
    "ck_provider_versions_wheel_is_whole": "what is known of a wheel has its digest, size, file name and distribution",
    "ck_provider_versions_public_has_wheel": "a public version has a verified wheel and a time of publication",
    "ck_provider_versions_failed_has_error": "a failed version, and no other, has an error message",
    "ck_provider_versions_yanked_has_time": "a yanked version, and no other, has the time of its yank",
    "ck_provider_versions_building_has_task": "a version that is being built has a task that builds it",
    "ck_distribution_events_action_is_known": "a distribution is claimed, taken over or transferred, and nothing else",
    "ck_version_events_action_is_known": "a version is published, fails, is yanked or is restored, and nothing else",
}
"""Messages for rows that violate an invariant of the lifecycle."""

# Source: PostgreSQL, appendix A, "Error Codes".
_TURN_LOST = frozenset({"40001", "40P01", "0A000"})  # serialization, deadlock, a plan outdated by a migration
_UNDEFINED = frozenset({"42P01", "42703", "3F000"})  # table, column, schema
_FORBIDDEN = "42501"
_DATA_EXCEPTION = "22"
_READ_ONLY = "25006"


class RetryableError(Exception):
    """The transaction was rolled back, and may succeed when it is repeated from its start.

    Attributes:
        outcome: What to raise when no attempts are left.
    """

    def __init__(self, outcome: StoreUnavailableError) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


class ConcurrentUpdateError(RetryableError):
    """Another transaction wrote the provider after it was loaded."""

    def __init__(self) -> None:
        super().__init__(StoreUnavailableError(_UNAVAILABLE))


class SilentConnectionError(Exception):
    """A statement had no answer in time. Another connection may have one."""


@contextmanager
def translate_errors(*, retry_lost: bool = True) -> Iterator[None]:
    """Translate errors of SQLAlchemy and asyncpg.

    Raises:
        RetryableError: Another writer won the race; or the connection was lost, if ``retry_lost``.
        StoreUnavailableError: Any other fault of the database or on the way to it.
        IllegalTransitionError: A row violates the lifecycle.
        InvalidTextError: A text cannot be stored.
    """
    try:
        yield
    except (SQLAlchemyError, *DRIVER_ERRORS) as error:
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        raise (_refusal(error) or _fault(error, retry=retry_lost and lost)) from error


@contextmanager
def translate_final_errors() -> Iterator[None]:
    """Translate errors where nothing is repeated.

    Raises:
        StoreUnavailableError: Any fault of the database or on the way to it.
    """
    try:
        with translate_errors(retry_lost=False):
            yield
    except RetryableError as error:
        raise error.outcome from error.__cause__


def mark_lost_connection(context: ExceptionContext) -> None:
    """Handle SQLAlchemy's ``handle_error`` event: replace all connections when the server is gone or read-only."""
    error = context.sqlalchemy_exception or context.original_exception
    if context.is_disconnect or isinstance(error, OSError) or _sqlstate(error) == _READ_ONLY:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = isinstance(error, Exception)  # no cancellation


def _refusal(error: Exception) -> RegistryError | None:
    """Return the error for an invalid row; None if the row is not the cause."""
    reason = _REFUSALS.get(_attribute(error, "constraint_name"))
    if reason is not None:
        return IllegalTransitionError(reason)
    if _sqlstate(error).startswith(_DATA_EXCEPTION) or isinstance(_driver_error(error), asyncpg.DataError):
        return InvalidTextError("a text holds characters that cannot be stored")
    return None


def _fault(error: Exception, *, retry: bool) -> StoreUnavailableError | RetryableError:
    sqlstate = _sqlstate(error)
    raced = _attribute(error, "constraint_name") in _RACES or sqlstate in _TURN_LOST
    outcome = StoreUnavailableError(_detail(sqlstate))
    if not raced:
        driver = _driver_error(error)
        structlog.get_logger().warning(
            "database_failed", fault=type(driver).__name__, sqlstate=sqlstate, reason=str(driver).partition("\n")[0]
        )
    return RetryableError(outcome) if raced or retry else outcome


def _detail(sqlstate: str) -> str:
    if sqlstate in _UNDEFINED:
        return SCHEMA_MISMATCH
    return PRIVILEGES_LACKING if sqlstate == _FORBIDDEN else _UNAVAILABLE


def _driver_error(error: BaseException | None) -> BaseException | None:
    """Return asyncpg's error behind one of SQLAlchemy's."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig.__cause__ or error.orig


def _sqlstate(error: BaseException | None) -> str:
    return _attribute(error, "sqlstate")


def _attribute(error: BaseException | None, name: str) -> str:
    value = getattr(_driver_error(error), name, None)
    return value if isinstance(value, str) else ""
