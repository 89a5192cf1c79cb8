"""The examples do what they say."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from entrypoints.bootstrap import MemoryAdapters, build_registry
from tests.builders import a_wheel, a_wheel_url
from tests.support.stack import a_stack

EXAMPLES = Path(__file__).parent.parent / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_a_script_registers_a_version_without_http() -> None:
    script = load("register_from_script")
    adapters = MemoryAdapters()
    url = a_wheel_url()
    adapters.fetcher.put(url, a_wheel())

    registered = await script.register(build_registry(adapters), "platform/gcp", "1.0.0", url.text, "Google Cloud")

    assert registered.created
    assert registered.version.registered_by.startswith("operator:")


def test_a_script_registers_with_the_settings_of_the_database_and_of_wheels_alone(
    database_dsn: str, tmp_path: Path
) -> None:
    with a_stack(database_dsn, tmp_path) as stack:
        body = stack.upload()
        settings = {
            name: value for name, value in stack.settings.items() if name.startswith(("DATABASE_", "REGISTRY_WHEEL_"))
        }
        command = [EXAMPLES / "register_from_script.py", body["name"], body["version"], body["wheel_url"], "Google"]
        ended = [
            subprocess.run([sys.executable, *command], env=settings, capture_output=True, text=True, check=False)
            for _ in range(2)
        ]

    assert [(each.returncode, each.stdout.splitlines()[-1:]) for each in ended] == [
        (0, ["platform/gcp 1.0.0 registered"]),
        (0, ["platform/gcp 1.0.0 was registered already"]),
    ], ended


CONTRACT_TESTS = load("contract_test_with_memory_adapters")


@pytest.mark.parametrize("name", [name for name in vars(CONTRACT_TESTS) if name.startswith("test_")])
def test_a_users_contract_test_on_memory_adapters_passes(name: str) -> None:
    getattr(CONTRACT_TESTS, name)()


def test_an_adapter_of_ones_own_passes_the_shipped_suite() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(EXAMPLES / "contract_test_of_an_adapter.py"),
    ]
    ended = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout
    assert "11 passed" in ended.stdout


def test_the_contract_tests_are_found() -> None:
    assert sum(name.startswith("test_") for name in vars(CONTRACT_TESTS)) == 2
