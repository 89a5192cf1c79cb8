"""The attestations of the demo, made once and kept beside the root that they verify against."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from domain.provenance.statements import STATEMENT_V1
from entrypoints.development.demo import DemoRelease
from entrypoints.development.sigstore.authority import Claims
from entrypoints.development.sigstore.fake_sigstore import FakeSigstore, as_object

_FORGE = "https://forge.example.com"
_PUBLISH_V1 = "https://docs.wheels.example.com/attestations/publish/v1"


class Attestations:
    """The attestations of the releases that have them, in a folder.

    Attributes:
        trusted_root: The file that verifies them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.trusted_root = folder / "trusted_root.json"

    def path(self, release: DemoRelease) -> Path:
        """Return where the attestation of a release is, or would be: by the wheel's digest, as wheels may change."""
        return self._folder / f"{_digest(release)}.attestation"

    def make(self, releases: Sequence[DemoRelease]) -> None:
        """Attest the releases, unless all are attested: the keys of an instance are not kept, its signatures are."""
        missing = [each for each in (self.trusted_root, *map(self.path, releases)) if not each.exists()]
        if not missing:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self.trusted_root.unlink(missing_ok=True)  # written last: without it all is made anew
        sigstore = FakeSigstore()
        for release in releases:
            bundle = sigstore.attest(_statement(release), _claims(release))
            self.path(release).write_text(json.dumps(as_object(bundle)))
        self.trusted_root.write_text(sigstore.trusted_root())

    def of(self, release: DemoRelease) -> Iterator[dict[str, Any]]:
        """Yield what goes along with the registration of a release."""
        if release.provider.attested:
            yield json.loads(self.path(release).read_text())


def _digest(release: DemoRelease) -> str:
    return hashlib.sha256(release.wheel()).hexdigest()


def _statement(release: DemoRelease) -> bytes:
    subject = {"name": release.filename, "digest": {"sha256": _digest(release)}}
    statement = {"_type": STATEMENT_V1, "subject": [subject], "predicateType": _PUBLISH_V1, "predicate": None}
    return json.dumps(statement).encode()


def _claims(release: DemoRelease) -> Claims:
    """Return what a forge of one's own would certify of the run that built a release."""
    repository = f"{_FORGE}/{release.provider.name}"
    ref = f"refs/tags/v{release.version}"
    workflow = f"{repository}/.github/workflows/release.yml@{ref}"
    commit = hashlib.sha1(release.filename.encode(), usedforsecurity=False).hexdigest()
    return {
        8: f"{_FORGE}/token",
        9: workflow,
        11: "github-hosted",
        12: repository,
        13: commit,
        14: ref,
        15: "1001",
        17: "1",
        18: workflow,
        20: "push",
        21: f"{repository}/actions/runs/1",
        22: "public",
    }
