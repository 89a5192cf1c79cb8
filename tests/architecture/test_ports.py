"""Ports are Protocols, one per file, and say what they promise."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

_FILES = sorted((Path(__file__).parents[2] / "src/application/ports").glob("[!_]*.py"))


def _protocols(path: Path) -> list[type]:
    module = importlib.import_module(f"application.ports.{path.stem}")
    own = [kind for kind in vars(module).values() if inspect.isclass(kind) and kind.__module__ == module.__name__]
    return [kind for kind in own if getattr(kind, "_is_protocol", False)]


def test_ports_are_seen() -> None:
    assert len(_FILES) >= 5


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_a_file_holds_one_port_and_is_named_after_it(path: Path) -> None:
    names = [port.__name__ for port in _protocols(path)]

    assert [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in names] == [path.stem]
    assert not names[0].endswith(("Port", "Interface", "Protocol"))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_every_method_of_a_port_states_its_promise(path: Path) -> None:
    (port,) = _protocols(path)
    methods = {name: method for name, method in vars(port).items() if not name.startswith("_") and callable(method)}

    assert methods
    assert [name for name, method in methods.items() if not (method.__doc__ or "").strip()] == []
    assert (port.__doc__ or "").strip()
