"""The tutorial's commands, as they stand there, one after the other."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.test_development_mode import development_mode
from tests.support.ports import free_port

TUTORIAL = Path("docs/tutorial.md")
STARTED = "make run"


def blocks() -> list[str]:
    return re.findall(r"^```\n(.*?)^```$", TUTORIAL.read_text(), re.MULTILINE | re.DOTALL)


def test_a_newcomer_who_pastes_every_command_gets_a_provider_that_pip_installs(tmp_path: Path) -> None:
    data, port, wheel_port = tmp_path / "data", free_port(), free_port()
    start, *steps = blocks()
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "127.0.0.1:8443": f"127.0.0.1:{wheel_port}",
        ".venv/bin/": f"{sys.prefix}/bin/",
        ".data/": f"{data}/",
        "/tmp/": f"{tmp_path}/",
    }
    written = re.compile("|".join(map(re.escape, replaced)))
    script = written.sub(lambda found: replaced[found[0]], "\n".join(["set -eux", *steps]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "REGISTRY_"))}
    environment |= {"PIP_NO_BUILD_ISOLATION": "false", "PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "127.0.0.1"}

    with development_mode("--data", str(data), "--port", str(port), "--wheel-port", str(wheel_port)):
        ended = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)

    told = ended.stdout + ended.stderr
    assert start.strip() == STARTED
    assert ended.returncode == 0, told
    assert "platform/greeter 1.0.0 would be registered" in told
    assert "platform/greeter 1.0.0 registered" in told
    assert "was registered already; nothing was written" in told
    assert re.search(r"provenance +passed +built by repository https://forge.example.com", ended.stdout)
    assert list(tmp_path.glob("runtime/lib/*/site-packages/acme_greeter_provider-1.0.0.dist-info"))
