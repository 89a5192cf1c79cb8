"""Wheels made in memory, so that development mode needs no build tool and no project."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping

_DATE = (2026, 1, 1, 0, 0, 0)  # the same bytes each time


def build_wheel(distribution: str, version: str, *, summary: str, readme: str, files: Mapping[str, str]) -> bytes:
    """Return a pure wheel of these files, the same bytes for the same arguments.

    Source: the binary distribution format specification.
    """
    folder = f"{distribution}-{version}.dist-info"
    metadata = (
        f"Metadata-Version: 2.4\nName: {distribution.replace('_', '-')}\nVersion: {version}\nSummary: {summary}\n"
        f"Requires-Python: >=3.11\nLicense-Expression: MIT\nDescription-Content-Type: text/markdown\n\n{readme}"
    )
    content = {
        **files,
        f"{folder}/METADATA": metadata,
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nGenerator: provider-registry dev\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},{_entry(text.encode())}\n" for path, text in content.items())
    content[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in content.items():
            archive.writestr(zipfile.ZipInfo(path, date_time=_DATE), text)
    return buffer.getvalue()


def _entry(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest},{len(data)}"
