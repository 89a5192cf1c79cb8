"""The transparency log that the settings describe."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from adapters.checkpoint_file import CheckpointFile
from adapters.https.tls import create_ssl_context
from adapters.https.witness import HttpsWitness
from adapters.postgres.cosignatures import PostgresCosignatures
from adapters.postgres.engine import Database
from adapters.postgres.log_queries import PostgresLogQueries
from adapters.postgres.log_writer import PostgresLogWriter
from adapters.system_clock import SystemClock
from application.ports.witness import Witness
from application.use_cases.transparency_log import DescribeLog, OpenLog
from entrypoints.bootstrap.databases import connection_options, serving_database
from entrypoints.bootstrap.log_adapters import LogAdapters
from entrypoints.log_keys import is_readable_by_others, read_signing_keys
from entrypoints.log_witnesses import read_witnesses
from entrypoints.settings import DatabaseSettings, TransparencyLogSettings
from entrypoints.use_cases import OperatorLogUseCases


def log_adapters(settings: TransparencyLogSettings, database: Database) -> LogAdapters | None:
    """Return the adapters of the log; None if none is served."""
    if settings.signing_key_file is None and settings.origin is None:
        return None
    keys = () if settings.signing_key_file is None else read_signing_keys(settings.signing_key_file)
    if settings.signing_key_file is not None and is_readable_by_others(settings.signing_key_file):
        structlog.get_logger().warning("log_key_exposed", file=str(settings.signing_key_file))
    return LogAdapters(
        writer=PostgresLogWriter(database),
        queries=PostgresLogQueries(database),
        kept=CheckpointFile(settings.kept_in),
        cosignatures=PostgresCosignatures(database),
        keys=keys,
        witnesses=_witnesses(settings) if keys else (),
    )


def _witnesses(settings: TransparencyLogSettings) -> Sequence[Witness]:
    if settings.witness_file is None:
        return ()
    tls = create_ssl_context()
    return [HttpsWitness(key, url, tls) for key, url in read_witnesses(settings.witness_file)]


@asynccontextmanager
async def open_operator_log(
    database: DatabaseSettings, settings: TransparencyLogSettings
) -> AsyncIterator[OperatorLogUseCases]:
    """Open what operators do with the log of a database, embedded or not."""
    with serving_database(database) as url:
        opened = Database(url, connection_options(database))
        try:
            log = log_adapters(settings, opened)
            writer = PostgresLogWriter(opened)
            yield OperatorLogUseCases(
                describe=DescribeLog(log=writer),
                open=OpenLog(log=writer, clock=SystemClock()),
                append=log.append() if log is not None and log.keys else None,
            )
        finally:
            await opened.dispose()
