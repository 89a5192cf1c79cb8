"""Verifying a registry's transparency log from outside, over HTTP alone."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx

from domain.log import proofs
from domain.log.checkpoints import MAX_CHECKPOINT, Checkpoint, open_checkpoint
from domain.log.entries import read_published
from domain.log.merkle import HASH_SIZE, InvalidProofError, leaf_hash, verify_consistency, verify_inclusion
from domain.log.notes import InvalidKeyError, InvalidNoteError, Note, VerifierKey, Verify
from domain.log.proof_file import MAX_PROOF, ProofFile
from domain.log.tiles import BundleName, RightEdge, TileName, read_bundle, tiles_of
from domain.names import ProviderName
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest
from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.retrying_client import RetryingClient, members

_CHUNK = 1024 * 1024


class LogRefusedError(RefusedError):
    """The log is not what it says, or not what it was."""

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail, code=code, status=httpx.codes.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The version that is verified, and the wheel at hand if there is one."""

    name: ProviderName
    version: SemVer
    wheel: Path | None = None


class LogAudit:
    """Verifies one log.

    Args:
        client: Sends the requests.
        url: Where the registry is.
        keys: Those of the log, from elsewhere than the registry.
        verify: Ed25519.
    """

    def __init__(self, client: RetryingClient, url: str, keys: Sequence[VerifierKey], verify: Verify) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._keys = keys
        self._verify = verify

    def read_checkpoint(self) -> tuple[bytes, Checkpoint]:
        """Return the newest checkpoint, which one of the keys signed."""
        note = self._read("/log/checkpoint", MAX_CHECKPOINT)
        return note, self._opened(note)

    def read_kept(self, path: Path) -> Checkpoint | None:
        """Return the checkpoint that was verified before; None at first.

        Its signature was verified then. A key of today need not have made it: keys take each other's place.

        Raises:
            LogRefusedError: What was kept is no checkpoint.
        """
        try:
            kept = Checkpoint.parse(Note.parse(path.read_bytes()).text)
        except FileNotFoundError:
            return None
        except InvalidNoteError as error:
            raise _invalid(f"what was kept in {path} is not a checkpoint: {error}") from None
        return _not_empty(kept)

    def verify_growth(self, old: Checkpoint, new: Checkpoint) -> None:
        """Verify that the log only grew from one checkpoint to the other.

        Raises:
            LogRefusedError: It did not: the log was forked or rewritten.
        """
        if old.origin != new.origin:
            raise LogRefusedError(f"the log was {old.origin}, and is {new.origin} now", code="log_replaced")
        if new.size < old.size:
            raise LogRefusedError(
                f"the log has {new.size} entries, and had {old.size} when it was verified before: it went back, and "
                "what it says now cannot be compared. If it stays so, keep both checkpoints, and show them to others",
                code="log_went_back",
            )
        try:
            ranges = proofs.consistency(old.size, new.size)
            verify_consistency(
                old=old.size,
                new=new.size,
                old_root=old.root,
                new_root=new.root,
                proof=proofs.roots(ranges, self._tiles_for(ranges, new.size)) if old.size < new.size else [],
            )
        except ValueError:
            raise LogRefusedError(
                f"the log of {new.size} entries does not begin with the {old.size} that were verified before: it was "
                "rewritten or forked. Keep both checkpoints, and show them to others",
                code="log_forked",
            ) from None

    def verify_publication(self, wanted: Publication, newest: Checkpoint) -> ProofFile:
        """Verify that the log has a version, and that it is the version of the wheel at hand.

        Raises:
            LogRefusedError: It has not, or the wheel is another one.
        """
        path = f"/providers/{wanted.name}/versions/{quote(wanted.version.text, safe='+')}/proof"
        try:
            proof = ProofFile.parse(self._read(path, MAX_PROOF))
            signed = self._opened(proof.checkpoint)
            if proof.extra is None:
                raise InvalidNoteError("the proof has no entry")
            verify_inclusion(
                leaf_hash(proof.extra), index=proof.index, size=signed.size, proof=proof.hashes, root=signed.root
            )
            published = read_published(proof.extra)
        except ValueError as error:
            raise LogRefusedError(f"the proof is not valid: {error}", code="log_proof_invalid") from None
        if (published.provider, published.version) != (str(wanted.name), wanted.version.text):
            raise LogRefusedError(
                f"the proof is one of {published.provider} {published.version}, not of {wanted.name} {wanted.version}",
                code="log_proof_invalid",
            )
        older, newer = sorted((signed, newest), key=lambda each: each.size)
        self.verify_growth(older, newer)
        if wanted.wheel is not None and _digest_of(wanted.wheel) != published.sha256:
            raise LogRefusedError(
                f"{wanted.wheel.name} is not the wheel that was published as {wanted.name} {wanted.version}: the log "
                f"has the SHA-256 digest {published.sha256}",
                code="wheel_not_logged",
            )
        return proof

    def verify_entries(self, checkpoint: Checkpoint) -> int:
        """Read the whole log, verify that the checkpoint is over its entries, and return how many there are.

        Raises:
            LogRefusedError: It is not.
        """
        edge = RightEdge()
        for name in tiles_of(checkpoint.size):
            if name.level == 0:
                edge.append([leaf_hash(entry) for entry in self._entries(BundleName(name.index, name.width))])
        if (edge.size, edge.root) != (checkpoint.size, checkpoint.root):
            raise LogRefusedError(
                "the entries that the registry serves are not those of its checkpoint: one of them was changed",
                code="log_entries_changed",
            )
        return edge.size

    def _entries(self, name: BundleName) -> Sequence[bytes]:
        try:
            entries = read_bundle(self._read(f"/log/tile/{name.path}", name.max_bytes))
            if len(entries) != name.width:
                raise ValueError(f"it has {len(entries)} entries, not {name.width}")  # noqa: TRY301 -- reported below
        except ValueError as error:
            raise LogRefusedError(f"{name.path}: {error}", code="log_entries_changed") from None
        return entries

    def _tiles_for(self, ranges: Sequence[proofs.EntryRange], size: int) -> dict[TileName, bytes]:
        tiles = {}
        for name in proofs.tiles_for(ranges, size):
            hashes = self._read(f"/log/tile/{name.path}", name.width * HASH_SIZE)
            if len(hashes) != name.width * HASH_SIZE:
                raise InvalidProofError("a tile has another size than its address says")
            tiles[name] = hashes
        return tiles

    def _opened(self, note: bytes) -> Checkpoint:
        try:
            checkpoint = open_checkpoint(note, self._keys, self._verify)
        except InvalidNoteError as error:
            raise _invalid(f"the checkpoint is not valid: {error}") from None
        return _not_empty(checkpoint)

    def _read(self, path: str, limit: int) -> bytes:
        response = self._client.get_at_most(limit, "the registry", f"{self._url}{path}")
        if response.status_code != httpx.codes.OK:
            said = members(response)
            raise RefusedError(
                str(said.get("detail") or f"the registry answered {response.status_code} for {path}"),
                code=str(said.get("code") or "unexpected_answer"),
                status=response.status_code,
            )
        return response.content


def _not_empty(checkpoint: Checkpoint) -> Checkpoint:
    if checkpoint.size == 0:
        raise _invalid("the checkpoint is one of an empty log")
    return checkpoint


def _invalid(detail: str) -> LogRefusedError:
    return LogRefusedError(detail, code="log_checkpoint_invalid")


def parse_keys(written: Sequence[str]) -> Sequence[VerifierKey]:
    """Read verifier keys.

    Raises:
        UnusableError: One is none, or they are of several logs.
    """
    try:
        keys = [VerifierKey.parse(each) for each in written]
    except InvalidKeyError as error:
        raise UnusableError(f"--key: {error}") from None
    if len({key.name for key in keys}) != 1:
        raise UnusableError("--key: give the keys of one log")
    return keys


def save_checkpoint(path: Path, note: bytes) -> None:
    """Replace the kept checkpoint, so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".checkpoint-", delete=False) as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def state_path(keys: Sequence[VerifierKey]) -> Path:
    """Return where the checkpoint of a log is kept unless said otherwise."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    name = hashlib.sha256(keys[0].name.encode()).hexdigest()[:32]
    return Path(base) / "provider-registry" / f"{name}.checkpoint"


def _digest_of(wheel: Path) -> Sha256Digest:
    digest = hashlib.sha256()
    with wheel.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return Sha256Digest(digest.hexdigest())
