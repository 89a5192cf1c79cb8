"""Wheels of any size."""

import base64
import hashlib
import os
import zipfile
from pathlib import Path

CHUNK = 1024 * 1024


def write_wheel(folder: Path, *, version: str, megabytes: int, members: int = 1) -> Path:
    """Write a valid wheel whose payload does not compress, in members of equal size."""
    dist_info = f"bench_provider-{version}.dist-info"
    path = folder / f"bench_provider-{version}-py3-none-any.whl"
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(members):
            name = f"bench_provider/data_{number}.bin"
            digest = hashlib.sha256()
            with archive.open(name, "w", force_zip64=True) as member:
                for _ in range(megabytes // members):
                    block = os.urandom(CHUNK)
                    digest.update(block)
                    member.write(block)
            lines.append(f"{name},sha256={_encoded(digest.digest())},{megabytes // members * CHUNK}\n")
        small = {
            "bench_provider/__init__.py": b"",
            f"{dist_info}/METADATA": f"Metadata-Version: 2.4\nName: bench-provider\nVersion: {version}\n".encode(),
            f"{dist_info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        for name, data in small.items():
            archive.writestr(name, data)
            lines.append(f"{name},sha256={_encoded(hashlib.sha256(data).digest())},{len(data)}\n")
        archive.writestr(f"{dist_info}/RECORD", "".join(lines) + f"{dist_info}/RECORD,,\n")
    return path


def _encoded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
