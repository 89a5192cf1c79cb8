"""The core names no vendor, framework, route, header, command or environment variable."""

import re
from pathlib import Path

import pytest

_SOURCES = Path(__file__).parents[2] / "src"
_CORE = sorted(path for package in ("domain", "application") for path in (_SOURCES / package).rglob("*.py"))
_FOREIGN = {
    "a vendor": r"clerk|postgres|psycopg|asyncpg|prometheus|opentelemetry|\bmch_|\borg_…|\buser_…",
    "a framework": r"litestar|starlette|httpx|sqlalchemy|alembic|granian|uvloop|\basgi\b|structlog|typer|msgspec",
    "a method with a route": r"\b(?-i:GET|PUT|POST|PATCH|DELETE|HEAD) /",
    "a route": r"(?<![\w./*])/(?:simple|console|providers|provider-versions|schema|metrics|health|ready)\b",
    "a status": r"\b[45]\d\d (?:for|if|answer|response|status)\b|status code",
    "a header": r"retry-after|www-authenticate|\bauthorization\b|x-request-id|if-none-match|\betag\b",
    "a command": r"\bprovider-registry [a-z]",
    "a variable": r"\b(?-i:REGISTRY|OTEL|PGHOST|DATABASE|PROMETHEUS)_[A-Z]|os\.environ|\bgetenv\b|environment variable",
}


def _named(source: str) -> set[str]:
    return {kind for kind, pattern in _FOREIGN.items() if re.search(pattern, source, re.IGNORECASE)}


def test_all_of_the_core_is_read() -> None:
    assert {path.name for path in _CORE} >= {"registration.py", "versions.py", "register_version.py", "clock.py"}


@pytest.mark.parametrize("path", _CORE, ids=lambda path: str(path.relative_to(_SOURCES)))
def test_the_core_names_nothing_outside_of_it(path: Path) -> None:
    assert _named(path.read_text()) == set()


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ('"""Clerk\'s machine id."""', "a vendor"),
        ("        id: ``mch_…``.", "a vendor"),
        ("# PostgreSQL's xmin", "a vendor"),
        ("# as Litestar reads it", "a framework"),
        ('f"ask GET {path}; or GET /simple/"', "a method with a route"),
        ('return f"/simple/~{prefix}/"', "a route"),
        ("# 503 for callers", "a status"),
        ('"""Seconds for the ``Retry-After`` header."""', "a header"),
        ("\"run 'provider-registry distributions transfer'\"", "a command"),
        ('raise ValueError("set REGISTRY_CONSOLE_MACHINE_ID")', "a variable"),
    ],
)
def test_a_planted_name_is_found(planted: str, kind: str) -> None:
    assert kind in _named(f"import re\n{planted}\n")


def test_words_of_the_domain_are_not_foreign() -> None:
    assert (
        _named("the headers of METADATA; provider-registry; platform/gcp; a customer publishes https://x/simple")
        == set()
    )
