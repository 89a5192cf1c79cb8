"""Importing a module of the registry does nothing but import."""

import json
import subprocess
import sys
from pathlib import Path

_SOURCES = Path(__file__).parents[2] / "src"
_FRAMEWORKS = {
    "advanced_alchemy", "alembic", "anyio", "asyncpg", "certifi", "granian", "httptools", "httpx", "joserfc",
    "litestar", "msgspec", "sqlalchemy", "structlog", "typer", "uvloop",
}  # fmt: skip

_IMPORT_ALL = """
import importlib, json, os, sys, threading
effects = []

world = {
    "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.mkdir", "os.remove",
}

def watch(event, arguments):
    if event in world:
        effects.append(f"{event}: {arguments}")
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        effects.append(f"{event} to write: {arguments[0]}")

sys.addaudithook(watch)
variables = dict(os.environ)
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
if dict(os.environ) != variables:
    effects.append("environment changed")
if threading.active_count() > 1:
    effects.append(f"threads: {threading.enumerate()}")
print(json.dumps({"effects": effects, "modules": sorted(sys.modules)}))
"""


def _modules(*packages: str) -> list[str]:
    """Name every module of these packages but those that work on import: ``__main__``, and Alembic's ``env``."""
    paths = [path for package in packages for path in sorted((_SOURCES / package).rglob("*.py"))]
    names = [".".join(path.relative_to(_SOURCES).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if not name.endswith(("__main__", "migrations.env"))]


def _imported(names: list[str], script: str = _IMPORT_ALL) -> tuple[list[str], set[str]]:
    """Import modules in a fresh interpreter; return what that did to the world, and all modules it has then."""
    result = subprocess.run(
        [sys.executable, "-B", "-c", script, json.dumps(names)], capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    told = json.loads(result.stdout)  # anything else that was printed breaks this
    return told["effects"], set(told["modules"])


def test_the_core_imports_without_any_framework() -> None:
    names = _modules("domain", "application")
    effects, loaded = _imported(names)

    assert len(names) > 20
    assert set(names) <= loaded
    assert loaded & _FRAMEWORKS == set()
    assert effects == []


def test_the_command_line_starts_without_what_its_commands_need() -> None:
    _, loaded = _imported(["entrypoints.cli.main"])

    assert "typer" in loaded
    assert loaded & _FRAMEWORKS <= {"msgspec", "typer"}


def test_importing_everything_touches_nothing() -> None:
    names = _modules("domain", "application", "adapters", "entrypoints")
    effects, loaded = _imported(names)

    assert set(names) <= loaded
    assert effects == []


def test_an_effect_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(
        "import os, socket\nopen(__file__ + '.txt', 'w').close()\nos.environ['PLANTED'] = '1'\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('127.0.0.1', 0))\n"
    )
    effects, loaded = _imported(["planted"], f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_IMPORT_ALL}")

    assert "planted" in loaded
    assert [effect.partition(":")[0] for effect in effects] == ["open to write", "socket.bind", "environment changed"]
