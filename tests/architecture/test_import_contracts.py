"""Every import contract is alive: one planted violation breaks it."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]
_LAYERS = "Everything points towards the domain"
_PORTS = "Use cases stand on ports, never the other way"
_INDEPENDENT = "Adapters know nothing of each other"
_PROTECTED = "Only the composition root chooses adapters"
_FRAMEWORKS = "The core is free of frameworks"
_CYCLES = "No packages import each other in a circle"
_HTTP = "HTTP is an entrypoint of its own"
_HTTP_LAYERS = "The HTTP package is layered"
_CONTRACTS: dict[str, dict[str, Any]] = {
    contract["name"]: contract
    for contract in tomllib.loads((_ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def _broken(root: Path) -> set[str]:
    """Run the linter as ``make imports`` does and name the contracts it calls broken."""
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src"), "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = {name: f"{name} BROKEN" in result.stdout for name in _CONTRACTS}
    assert all(f"{name} KEPT" in result.stdout or broken for name, broken in verdicts.items()), (
        result.stdout + result.stderr
    )
    assert (result.returncode != 0) is any(verdicts.values())
    return {name for name, broken in verdicts.items() if broken}


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    shutil.copytree(_ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_sources_keep_every_contract(copied_tree: Path) -> None:
    assert set(_CONTRACTS) == {_LAYERS, _PORTS, _INDEPENDENT, _PROTECTED, _FRAMEWORKS, _CYCLES, _HTTP, _HTTP_LAYERS}
    assert _broken(copied_tree) == set()


@pytest.mark.parametrize(
    ("planted", "broken"),
    [
        ({"domain/planted.py": "import application.ports.clock"}, {_LAYERS}),
        ({"domain/planted.py": "def late():\n    import entrypoints"}, {_LAYERS}),
        ({"adapters/wheel/planted.py": "import entrypoints"}, {_LAYERS}),
        ({"application/use_cases/planted.py": "import adapters.wheel"}, {_LAYERS, _PROTECTED}),
        # Use cases import ports already, so that the way back closes a cycle too.
        ({"application/ports/planted.py": "import application.use_cases"}, {_PORTS, _CYCLES}),
        ({"application/planted/__init__.py": ""}, {_PORTS}),
        ({"adapters/wheel/planted.py": "import adapters.memory"}, {_INDEPENDENT}),
        ({"adapters/postgres/planted.py": "from adapters.https import planted"}, {_INDEPENDENT}),
        ({"entrypoints/cli/planted.py": "import adapters.wheel"}, {_PROTECTED}),
        ({"entrypoints/http/planted.py": "from adapters.memory import clock"}, {_PROTECTED}),
        ({"domain/planted.py": "import litestar.exceptions"}, {_FRAMEWORKS}),
        ({"application/use_cases/planted.py": "from sqlalchemy import orm"}, {_FRAMEWORKS}),
        ({"domain/planted.py": "import domain.other", "domain/other.py": "import domain.planted"}, {_CYCLES}),
        (
            {
                "entrypoints/cli/planted.py": "import entrypoints.http.planted",
                "entrypoints/http/planted.py": "import entrypoints.cli.planted",
            },
            {_CYCLES},
        ),
        ({"entrypoints/cli/planted.py": "import entrypoints.http.routes.catalog"}, {_HTTP}),
        ({"entrypoints/client/planted.py": "from entrypoints.http.requests import bodies"}, {_HTTP}),
        # Problems import requests, which import the cache, so that the way back closes a cycle too.
        ({"entrypoints/http/cache/planted.py": "import entrypoints.http.problems"}, {_HTTP_LAYERS, _CYCLES}),
    ],
)  # fmt: skip
def test_a_planted_violation_breaks_its_contract(copied_tree: Path, planted: dict[str, str], broken: set[str]) -> None:
    for path, source in planted.items():
        file = copied_tree / "src" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{source}\n")

    assert _broken(copied_tree) == broken


_SHARED = {"__init__", "__pycache__", "changes", "instrumentation", "web"}
"""What several adapters use."""


def test_every_adapter_is_held_to_independence() -> None:
    adapters = {path.stem for path in (_ROOT / "src" / "adapters").iterdir() if path.suffix in {"", ".py"}}

    assert {module.removeprefix("adapters.") for module in _CONTRACTS[_INDEPENDENT]["modules"]} == adapters - _SHARED


@pytest.mark.parametrize("name", _CONTRACTS[_FRAMEWORKS]["forbidden_modules"])
def test_every_framework_that_is_kept_out_exists(name: str) -> None:
    """A misspelt name would forbid nothing."""
    assert importlib.util.find_spec(name) is not None
