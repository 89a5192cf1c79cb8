"""A folder that a wheel soon fills."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

BYTES = 1024 * 1024


@dataclass(frozen=True)
class SmallDisk:
    """A file system of its own where this user may mount one; else a bound on the size of files.

    Attributes:
        mounted: Whether it is a file system.
    """

    folder: Path
    mounted: bool

    def bound(self, server: subprocess.Popen[bytes]) -> None:
        """Have a server run out of room here; a small file system sees to that by itself."""
        if not self.mounted:
            for process in psutil.Process(server.pid).children(recursive=True):
                process.rlimit(psutil.RLIMIT_FSIZE, (BYTES, psutil.RLIM_INFINITY))


@contextmanager
def a_small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Make one, and unmount it afterwards."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and _runs("mount", "-t", "tmpfs", "-o", f"size={BYTES}", "tmpfs", str(folder))
    try:
        yield SmallDisk(folder, mounted)
    finally:
        if mounted:
            assert _runs("umount", "--lazy", str(folder))


def _runs(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
