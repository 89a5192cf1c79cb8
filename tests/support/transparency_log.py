"""The transparency log in PostgreSQL, as one object."""

from adapters.postgres.log_queries import PostgresLogQueries
from adapters.postgres.log_writer import PostgresLogWriter


class PostgresLog(PostgresLogQueries, PostgresLogWriter):
    """Both ports."""
