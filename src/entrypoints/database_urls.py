"""Problems of a database URL. Apart from the composition root, which takes long to import."""

from collections.abc import Mapping, Sequence

from adapters.postgres.targets import UnusableTargetError, resolve, shown


def url_problems(url: str, environment: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Return pairs of a variable and what is wrong with it: the database's URL, or a ``PG…`` variable beside it."""
    try:
        resolve(url, environment)
    except UnusableTargetError as error:
        return error.problems
    return ()


def url_without_secrets(url: str, environment: Mapping[str, str]) -> str | None:
    """Return a database's URL as operators may see it; None if it is not usable."""
    return shown(url, environment)
