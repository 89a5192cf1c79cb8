"""Wheels of any size."""

import base64
import hashlib
import os
import zipfile
from pathlib import Path

CHUNK = 1024 * 1024


def write_wheel(folder: Path, *, version: str, megabytes: int = 0, members: int = 1) -> Path:
    """Write a valid wheel with a payload that does not compress, in members of equal size; by default a small one."""
    dist_info = f"bench_provider-{version}.dist-info"
    path = folder / f"bench_provider-{version}-py3-none-any.whl"
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(members if megabytes else 0):
            name = f"bench_provider/data_{number}.bin"
            size = megabytes * CHUNK // members
            lines.append(f"{name},sha256={_encoded(_write_noise(archive, name, size))},{size}\n")
        small = {
            "bench_provider/__init__.py": b"",
            **{f"bench_provider/kind{number}.py": _SOURCE * 20 for number in range(6)},
            f"{dist_info}/METADATA": f"Metadata-Version: 2.4\nName: bench-provider\nVersion: {version}\n".encode(),
            f"{dist_info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        for name, data in small.items():
            archive.writestr(name, data)
            lines.append(f"{name},sha256={_encoded(hashlib.sha256(data).digest())},{len(data)}\n")
        archive.writestr(f"{dist_info}/RECORD", "".join(lines) + f"{dist_info}/RECORD,,\n")
    return path


_SOURCE = b"def create(region, name):\n    return {'region': region, 'name': name}\n\n\n"


def _write_noise(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        for _ in range(size // CHUNK):
            block = os.urandom(CHUNK)
            digest.update(block)
            member.write(block)
        rest = os.urandom(size % CHUNK)
        digest.update(rest)
        member.write(rest)
    return digest.digest()


def _encoded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
