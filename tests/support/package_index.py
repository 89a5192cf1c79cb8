"""A package index that speaks the JSON Simple API, as a scripted HTTPS host."""

import json

from tests.support.https_host import Reply, status

MEDIA_TYPE = "application/vnd.pypi.simple.v1+json"


def a_file(url: str, *, sha256: str | None = None, yanked: bool = False) -> dict[str, object]:
    """One file of a page."""
    hashes = {} if sha256 is None else {"sha256": sha256}
    return {"filename": url.rpartition("/")[2].partition("#")[0], "url": url, "hashes": hashes, "yanked": yanked}


def a_page(*files: dict[str, object], api_version: str = "1.4") -> Reply:
    """A project's page."""
    page = {"meta": {"api-version": api_version}, "name": "any", "files": list(files), "versions": []}
    return status(200, f"Content-Type: {MEDIA_TYPE}", body=json.dumps(page).encode())
