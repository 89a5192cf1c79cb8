"""The images that the tests run: this tree's, and that of the release before the newest migration."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.script import Script, ScriptDirectory

from tests.containers.engine import build, build_options

IMAGE = "provider-registry:test"
PREVIOUS_IMAGE = "provider-registry:test-previous"

_SCRIPTS = Path("src/adapters/postgres/migrations")
_VERSIONS = (_SCRIPTS / "versions", Path("migrations/versions"))
"""The folder, and where it was once."""


def build_image() -> None:
    build(Path(), IMAGE, *build_options())


def build_previous_image() -> None:
    """Build the newest commit that lacks the newest migrations and has all before them."""
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", _previous_commit()))) as archive:
            archive.extractall(folder, filter="data")
        build(Path(folder), PREVIOUS_IMAGE, *build_options())


def migrations() -> list[Script]:
    """Return all migrations in their order."""
    return list(reversed(list(ScriptDirectory(str(_SCRIPTS)).walk_revisions())))


def _previous_commit() -> str:
    files = [Path(migration.path).name for migration in migrations()]
    folders = [f"{folder}/" for folder in _VERSIONS]
    for change in _git("rev-list", "HEAD", "--", *folders).decode().split():
        listed = _git("ls-tree", "--name-only", f"{change}^", "--", *folders).decode().split()
        there = sorted(Path(name).name for name in listed if name.endswith(".py"))
        if len(there) < len(files) and there == sorted(files[: len(there)]):
            return f"{change}^"
    raise AssertionError("git's history has no commit with fewer migrations")


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    assert done.returncode == 0, f"git's history is not all here (git fetch --unshallow): {done.stderr.decode()}"
    return done.stdout
