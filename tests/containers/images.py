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


def build_image() -> None:
    build(Path(), IMAGE, *build_options())


def build_previous_image() -> None:
    """Build the newest commit that lacks the newest migration."""
    newest = Path(newest_migration().path).relative_to(Path.cwd())
    added = _git("log", "--diff-filter=A", "--format=%H", "-n1", "--", str(newest)).decode().strip()
    commit = f"{added}^" if added else "HEAD"
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", commit))) as archive:
            archive.extractall(folder, filter="data")
        assert not (Path(folder) / newest).exists()
        build(Path(folder), PREVIOUS_IMAGE, *build_options())


def newest_migration() -> Script:
    """Return the migration that no other follows."""
    scripts = ScriptDirectory("migrations")
    found: Script = scripts.get_revision(scripts.get_current_head() or "")
    return found


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    assert done.returncode == 0, (
        f"the release before migration {newest_migration().revision} is built from git's history, which is not all "
        f"here (git fetch --unshallow gets it): {done.stderr.decode()}"
    )
    return done.stdout
