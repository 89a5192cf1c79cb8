"""What a reader found in a wheel, and whether RECORD says the same."""

import binascii
import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.metadata import quoted


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in a wheel.

    Attributes:
        path: As it stands in the archive.
        size: Of the inflated bytes.
        digests: Of the inflated bytes, by the name that ``hashlib`` and RECORD give the algorithm: always ``sha256``,
            and the one that RECORD names for the path if that is another.
    """

    path: str
    size: int
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class WheelArchive:
    """What a reader found in a wheel.

    Attributes:
        members: All files, in the order of the archive.
        dist_info: Contents of the files that lie directly in a ``*.dist-info`` folder, by path.
        folders: Folders that have an entry of their own, each with the slash at its end.
    """

    members: tuple[ArchiveMember, ...]
    dist_info: Mapping[str, bytes]
    folders: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(member.path for member in self.members)

    @property
    def verified_bytes(self) -> int:
        """How much there is to verify: the names of all files and folders, and the ``*.dist-info`` folder."""
        return sum(map(len, (*self.paths, *self.folders))) + sum(map(len, self.dist_info.values()))

    @property
    def inflated_bytes(self) -> int:
        """What all files inflate to."""
        return sum(member.size for member in self.members)


DIGEST_SIZES: Mapping[str, int] = {
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    "sha3_256": 32,
    "sha3_384": 48,
    "sha3_512": 64,
    "blake2b": 64,
    "blake2s": 32,
}
"""Algorithms that RECORD may use, sha256 or stronger, by the size of their digests in bytes."""

_FURTHER = DIGEST_SIZES.keys() - {"sha256"}
_FURTHER_WRITTEN = re.compile("|".join(sorted(_FURTHER)).encode(), re.IGNORECASE)
_STANDARD = str.maketrans("-_", "+/")
_SIGNATURES = ("RECORD.jws", "RECORD.p7s")
_LONGEST_LINE = 128 * 1024
_BLANK = frozenset({"\n", "\r", "\r\n"})
_OUTSIDE = re.compile(r"/|[A-Za-z]:|(?:.*/)?\.\.(?:/|$)")


class RecordEntry(NamedTuple):
    """One line of RECORD. A tuple, since a wheel may have a hundred thousand of them.

    Attributes:
        path: A folder's ends in a slash.
        digest: Of the file's bytes, or None where the line leaves it out.
        size: In bytes, or None where the line leaves it out.
    """

    path: str
    algorithm: str | None
    digest: bytes | None
    size: int | None


def parse_record(data: bytes) -> Iterator[RecordEntry]:
    """Read a RECORD line by line: it may hold millions that mean nothing.

    Source: the "Recording installed projects" and the binary distribution format specifications.

    Raises:
        WheelRefusedError: It is no CSV in UTF-8, or has a hash or size that cannot be read.
    """
    return map(_entry, _rows(data))


def further_algorithms(data: bytes, *, paths: Collection[str]) -> Mapping[str, str]:
    """Return what a reader has to compute besides sha256: the other algorithms that RECORD names, by the paths.

    It is read as far as it can be, and no further than a RECORD goes that lists these paths once.
    """
    named: dict[str, str] = {}
    if not _FURTHER_WRITTEN.search(data):
        return named
    try:
        for fields in islice(_rows(data), len(paths)):
            path, algorithm = _path(fields[0]), "".join(fields[1:2]).partition("=")[0].lower()
            if algorithm in _FURTHER and path in paths:
                named[path] = algorithm
    except WheelRefusedError:
        return {}
    return named


def _rows(data: bytes) -> Iterator[list[str]]:
    """Read one row from each line: no path in an archive has a line end for a row to span."""
    try:
        for line in io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=""):
            if line in _BLANK:
                raise _invalid("it has a blank line, which pip cannot read")
            if len(line) > _LONGEST_LINE:
                raise _invalid(f"it has a line of more than {_LONGEST_LINE} characters")
            yield from csv.reader([line], strict=True)
    except (UnicodeDecodeError, csv.Error):
        raise _invalid("it is no CSV in UTF-8, one file to a line") from None


def _entry(fields: list[str]) -> RecordEntry:
    if len(fields) != 3:
        raise _invalid(f"a line has {len(fields)} fields where there are three: path, hash and size")
    path, written, size = _path(fields[0]), *fields[1:]
    if size and not (size.isascii() and size.isdigit() and len(size) <= 15):
        raise _invalid(f"the size of {quoted(path)} is not a number")
    if not written:
        return RecordEntry(path, None, None, int(size) if size else None)
    algorithm, _, encoded = written.partition("=")
    algorithm = algorithm.lower()
    return RecordEntry(path, algorithm, _digest(path, algorithm, encoded), int(size) if size else None)


def _digest(path: str, algorithm: str, encoded: str) -> bytes:
    if algorithm not in DIGEST_SIZES:
        raise _invalid(f"the hash of {quoted(path)} is {quoted(algorithm)}; use sha256 or stronger")
    try:
        digest = binascii.a2b_base64((encoded + "=" * (-len(encoded) % 4)).translate(_STANDARD), strict_mode=True)
    except ValueError:  # binascii.Error, or a character beyond ASCII
        digest = b""
    if len(digest) != DIGEST_SIZES[algorithm]:
        if re.fullmatch(f"[0-9A-Fa-f]{{{2 * DIGEST_SIZES[algorithm]}}}", encoded):
            raise _invalid(f"the hash of {quoted(path)} is in hexadecimal; write it in URL-safe base64 without padding")
        raise _invalid(f"the hash of {quoted(path)} is not a {algorithm} digest in URL-safe base64 without padding")
    return digest


def _path(written: str) -> str:
    """Return a path as the archive writes it: RECORD files made on Windows have backslashes."""
    return written.replace("\\", "/").removeprefix("./")


def _unhashed(folder: str) -> frozenset[str]:
    return frozenset(f"{folder}/{name}" for name in ("RECORD", *_SIGNATURES))


def _invalid(why: str) -> WheelRefusedError:
    return WheelRefusedError(WheelProblem.RECORD_INVALID, f"the wheel's RECORD is invalid: {why}; rebuild the wheel")


def verify_record(archive: WheelArchive, folder: str) -> str:
    """Say that RECORD and the archive agree on every file, to the last hash and size.

    Raises:
        WheelRefusedError: RECORD is invalid, or a file is missing on either side, or its bytes are not the listed ones.
    """
    members = {member.path: member for member in archive.members}
    record = archive.dist_info[f"{folder}/RECORD"]
    hashed = _check(record, members, folder=folder, folders=frozenset(archive.folders))
    return f"{hashed} files, {archive.inflated_bytes} bytes: every hash and size is the listed one"


def _check(record: bytes, members: Mapping[str, ArchiveMember], *, folder: str, folders: Collection[str]) -> int:
    """Read a RECORD against the archive and return how many files it has hashes of."""
    entries: dict[str, RecordEntry] = {}
    unhashed = _unhashed(folder)
    for entry in parse_record(record):
        if entry.path in entries:
            raise _invalid(f"it lists {quoted(entry.path)} twice")
        if entry.path in folders:
            _check_folder(entry)
        elif entry.path not in members:
            raise _mismatch([entry.path], _absence(entry.path))
        elif entry.digest is None and entry.path not in unhashed:
            raise _invalid(f"{quoted(entry.path)} has no hash")
        entries[entry.path] = entry
    files = [entry for entry in entries.values() if entry.path in members]
    unlisted = members.keys() - entries.keys() - unhashed
    changed = [entry.path for entry in files if not _matches(entry, members[entry.path])]
    for paths, what in (
        (unlisted, "is in the wheel but not in RECORD"),
        (changed, "does not have the hash or size that RECORD lists"),
    ):
        if paths:
            raise _mismatch(sorted(paths), what)
    return sum(entry.digest is not None for entry in files)


def _absence(path: str) -> str:
    if _OUTSIDE.match(path):
        return "is in RECORD and is no path inside the wheel, so uninstalling it may remove another file"
    if path.endswith("/"):
        return "is a folder in RECORD, and the wheel has no entry for it"
    return "is in RECORD but not in the wheel"


def _check_folder(entry: RecordEntry) -> None:
    """Return if a folder's line says nothing, or describes an empty file, as that of cmake 3.27.2 does."""
    if entry.size or (entry.algorithm and hashlib.new(entry.algorithm).digest() != entry.digest):
        raise _mismatch([entry.path], "is a folder, and RECORD lists it with a size or with a hash of other bytes")


def _matches(entry: RecordEntry, member: ArchiveMember) -> bool:
    same_size = entry.size is None or entry.size == member.size
    return same_size and (entry.algorithm is None or member.digests.get(entry.algorithm) == entry.digest)


def _mismatch(paths: Sequence[str], what: str) -> WheelRefusedError:
    others = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    return WheelRefusedError(
        WheelProblem.RECORD_MISMATCH,
        f"{quoted(paths[0])}{others} {what}; rebuild the wheel and change nothing afterwards",
    )
