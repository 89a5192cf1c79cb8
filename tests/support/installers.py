"""pip and uv as runtimes run them, without anything of this machine's configuration."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PYTHON = sys.executable
_SECONDS = 60


def commands(python: str) -> dict[str, tuple[str, ...]]:
    """Return how pip and uv of that interpreter's environment are run."""
    pip = (python, "-I", "-m", "pip", "--isolated", "--no-input", "--disable-pip-version-check")
    uv = (str(Path(python).with_name("uv")), "--no-config", "--no-progress")
    return {
        "pip": (*pip, "install", "--no-cache-dir", "--retries", "0", "--timeout", "20"),
        "uv": (*uv, "pip", "install", "--no-cache", "--python", python),
    }


COMMANDS = commands(_PYTHON)


@dataclass(frozen=True)
class Installer:
    """Installs into a folder of its own, and trusts one authority only."""

    name: str
    home: Path
    authority: Path
    python: str = _PYTHON

    @property
    def target(self) -> Path:
        return self.home / "installed"

    def install(self, *arguments: str, dependencies: bool = False) -> subprocess.CompletedProcess[str]:
        """Run to the end. What is printed is in ``stdout``, errors too."""
        own = () if dependencies else ("--no-deps",)
        trust = ("--cert", str(self.authority)) if self.name == "pip" else ()
        options = (*own, "--target", str(self.target), *trust)
        return subprocess.run(
            [*commands(self.python)[self.name], *options, *arguments],
            env={
                "PATH": os.defpath,
                "HOME": str(self.home),
                "UV_HTTP_RETRIES": "0",
                "SSL_CERT_FILE": str(self.authority),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def installed(self) -> set[str]:
        """Return what is installed, as ``distribution-version``."""
        return {folder.name.removesuffix(".dist-info") for folder in self.target.glob("*.dist-info")}
