"""The domain stands on the standard library, packaging, semver and itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_SOURCES = Path(__file__).parents[2] / "src"
_DOMAIN = sorted((_SOURCES / "domain").rglob("*.py"))
_APPLICATION = sorted((_SOURCES / "application").rglob("*.py"))
_LIBRARIES = {"packaging", "semver"}
# Parts of the standard library through which a domain could reach the world, or hide an import from this test.
_WORLDLY = {
    "asyncio",
    "ftplib",
    "http",
    "importlib",
    "logging",
    "os",
    "pathlib",
    "socket",
    "ssl",
    "subprocess",
    "threading",
}
_ALLOWED = (sys.stdlib_module_names - _WORLDLY) | _LIBRARIES | {"domain"}


def _imports(source: str) -> Iterator[str]:
    """Name the packages that a source imports, wherever in it, and its calls that import by text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0] if not node.level else "a relative import"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"__import__", "exec", "eval"}
        ):
            yield node.func.id


def _strangers(source: str, allowed: frozenset[str] | set[str]) -> set[str]:
    return set(_imports(source)) - allowed


def test_all_of_the_domain_is_seen() -> None:
    assert len(_DOMAIN) > 10
    assert set().union(*(_imports(path.read_text()) for path in _DOMAIN)) >= _LIBRARIES | {"domain", "dataclasses"}


@pytest.mark.parametrize("path", _DOMAIN, ids=lambda path: path.name)
def test_the_domain_imports_nobody_else(path: Path) -> None:
    assert _strangers(path.read_text(), _ALLOWED) == set()


@pytest.mark.parametrize("path", _APPLICATION, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_application_imports_the_domain_and_itself(path: Path) -> None:
    assert _strangers(path.read_text(), sys.stdlib_module_names | _LIBRARIES | {"domain", "application"}) == set()


@pytest.mark.parametrize(
    ("planted", "stranger"),
    [
        ("import httpx", "httpx"),
        ("import litestar.exceptions as e", "litestar"),
        ("from sqlalchemy import orm", "sqlalchemy"),
        ("from application.ports.clock import Clock", "application"),
        ("def late():\n    import msgspec", "msgspec"),
        ("if TYPE_CHECKING:\n    from adapters import wheel", "adapters"),
        ("from . import names", "a relative import"),
        ("__import__('httpx')", "__import__"),
        ("import importlib", "importlib"),
        ("import socket", "socket"),
    ],
)
def test_a_planted_import_is_caught(planted: str, stranger: str) -> None:
    assert _strangers(f"import re\n{planted}\n", _ALLOWED) == {stranger}
