"""How a command's process ends."""

import subprocess
import sys
from importlib.metadata import version

import pytest

COMMAND = """
import atexit, sys
{imports}
from entrypoints.cli.main import main

class Kept:
    def __del__(self):
        print("taken apart", flush=True)

kept = Kept()
atexit.register(print, "exit functions ran")
sys.argv = ["provider-registry", {arguments}]
main()
"""


@pytest.mark.parametrize(("arguments", "status"), [("'--version'", 0), ("'no-such-command'", 2)])
@pytest.mark.parametrize(("imports", "is_taken_apart"), [("import obstore", False), ("", True)])
def test_the_interpreter_is_left_whole_where_threads_of_rust_may_hand_over_results(
    arguments: str, status: int, imports: str, *, is_taken_apart: bool
) -> None:
    command = COMMAND.format(imports=imports, arguments=arguments)
    ended = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert (ended.returncode, "taken apart" in ended.stdout) == (status, is_taken_apart)
    assert "exit functions ran" in ended.stdout
    assert version("provider-registry") in ended.stdout or "No such command" in ended.stderr
