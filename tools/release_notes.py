"""Prints the notes of a release: ``python tools/release_notes.py VERSION``. Needs nothing but Python.

The version must be that of the package, and CHANGELOG.md must have a dated section of it.
"""

import re
import sys
import tomllib
from pathlib import Path

_HEAD = r"^## \[{version}\] - \d{{4}}-\d{{2}}-\d{{2}}$"


def notes_of(version: str, changelog: str, pyproject: str) -> str:
    """Return the section of a version.

    Raises:
        ValueError: The package has another version, or the changelog no dated section of this one.
    """
    packaged = tomllib.loads(pyproject)["project"]["version"]
    if packaged != version:
        raise ValueError(f"pyproject.toml has version {packaged}, and not {version}")
    head = re.search(_HEAD.format(version=re.escape(version)), changelog, re.MULTILINE)
    if head is None:
        raise ValueError(f"CHANGELOG.md has no section `## [{version}] - YYYY-MM-DD`")
    return re.split(r"^## ", changelog[head.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip() + "\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(notes_of(sys.argv[1], Path("CHANGELOG.md").read_text(), Path("pyproject.toml").read_text()))
    except ValueError as error:
        sys.exit(str(error))
