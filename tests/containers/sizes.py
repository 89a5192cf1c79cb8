"""What makes up an image's size."""

import json
from collections.abc import Iterator

from tests.containers.engine import docker

_LARGEST = 8
_MEASURE = """
import json, os, sysconfig
folder = sysconfig.get_path("purelib")
def size(path):
    if not os.path.isdir(path):
        return os.lstat(path).st_size
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(path) for name in names)
print(json.dumps({name: size(os.path.join(folder, name)) for name in os.listdir(folder)}))
"""


def table(image: str, base: str) -> Iterator[str]:
    """Return lines of a table: the base, the registry's own layer, and the largest packages in it."""
    total, below = (int(docker("image", "inspect", "--format", "{{.Size}}", name)) for name in (image, base))
    packages: dict[str, int] = json.loads(docker("run", "--rm", "--entrypoint", "python", image, "-c", _MEASURE))
    yield _line(image, total)
    yield _line(f"  the base, {base}", below)
    yield _line("  what is installed on top", total - below)
    largest = sorted(packages.items(), key=lambda item: item[1], reverse=True)
    for name, size in largest[:_LARGEST]:
        yield _line(f"    {name}", size)
    yield _line(f"    {len(largest[_LARGEST:])} others", sum(size for _, size in largest[_LARGEST:]))


def _line(what: str, size: int) -> str:
    return f"{what:<50} {size / 1_000_000:>7.1f} MB"
