"""The transparency log in PostgreSQL, as one object."""

from adapters.postgres.cosignatures import PostgresCosignatures
from adapters.postgres.log_queries import PostgresLogQueries
from adapters.postgres.log_writer import PostgresLogWriter


class PostgresLog(PostgresLogQueries, PostgresLogWriter, PostgresCosignatures):
    """All its ports."""
