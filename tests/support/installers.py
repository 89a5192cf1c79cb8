"""pip and uv as runtimes run them, without anything of this machine's configuration."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PYTHON = sys.executable
_SECONDS = 60
_PIP = (_PYTHON, "-I", "-m", "pip", "--isolated", "--no-input", "--disable-pip-version-check")
_UV = (str(Path(_PYTHON).with_name("uv")), "--no-config", "--no-progress")
COMMANDS = {
    "pip": (*_PIP, "install", "--no-cache-dir", "--retries", "0", "--timeout", "20"),
    "uv": (*_UV, "pip", "install", "--no-cache", "--python", _PYTHON),
}


@dataclass(frozen=True)
class Installer:
    """Installs into a folder of its own, and trusts one authority only."""

    name: str
    home: Path
    authority: Path

    @property
    def target(self) -> Path:
        return self.home / "installed"

    def install(self, *arguments: str, dependencies: bool = False) -> subprocess.CompletedProcess[str]:
        """Run to the end. What is printed is in ``stdout``, errors too."""
        own = () if dependencies else ("--no-deps",)
        options = (*own, "--target", str(self.target), "--cert", str(self.authority))
        return subprocess.run(
            [*COMMANDS[self.name], *options, *arguments],
            env={"PATH": os.defpath, "HOME": str(self.home), "UV_HTTP_RETRIES": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def installed(self) -> set[str]:
        """Return what is installed, as ``distribution-version``."""
        return {folder.name.removesuffix(".dist-info") for folder in self.target.glob("*.dist-info")}
