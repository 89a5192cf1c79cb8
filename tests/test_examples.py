"""The examples do what they say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from entrypoints.bootstrap import MemoryAdapters, build_registry
from tests.builders import a_wheel, a_wheel_url

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


CONTRACT_TESTS = load("contract_test_with_memory_adapters")


@pytest.mark.parametrize("name", [name for name in vars(CONTRACT_TESTS) if name.startswith("test_")])
def test_a_users_contract_test_on_memory_adapters_passes(name: str) -> None:
    getattr(CONTRACT_TESTS, name)()


def test_the_contract_tests_are_found() -> None:
    assert sum(name.startswith("test_") for name in vars(CONTRACT_TESTS)) == 2
