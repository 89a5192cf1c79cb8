"""Writing ZIP archives of which any byte can be bent, and reading them. Names of fields follow APPNOTE 4.3."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from zipfile import ZipFile

import anyio
import pytest

from adapters.wheel.archive_source import ArchiveCaps
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from domain.errors import WheelRefusedError
from domain.wheel.archive import WheelArchive
from tests.builders import a_wheel

STORED, DEFLATED = 0, 8
STREAMED, UTF_8 = 0x0008, 0x0800
DEFERRED = 0xFFFFFFFF
_LOCAL, _CENTRAL = struct.Struct("<4s3H4L2H"), struct.Struct("<4s4H4L5H2L")
_END, _END64, _LOCATOR = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")


@dataclass(frozen=True, kw_only=True)
class Part:
    """An entry. ``both`` bends both headers, ``local`` and ``central`` one; ``behind`` and ``packed`` are raw bytes."""

    name: bytes = b"gcp_provider/data.bin"
    data: bytes = b""
    method: int = DEFLATED
    packed: bytes | None = None
    behind: bytes = b""
    both: Mapping[str, object] = field(default_factory=dict)
    local: Mapping[str, object] = field(default_factory=dict)
    central: Mapping[str, object] = field(default_factory=dict)
    written: bool = True
    listed: bool = True

    @property
    def raw(self) -> bytes:
        """The bytes that stand in the archive."""
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == DEFLATED else self.data

    def header(self, bent: Mapping[str, object]) -> dict[str, object]:
        """Return the fields of a header."""
        unbent: dict[str, object] = {
            "made": 0x0314,
            "version": 20,
            "flags": 0 if self.name.isascii() else UTF_8,
            "method": self.method,
            "modified": 0x5C210000,
            "crc": zlib.crc32(self.data),
            "compressed": len(self.raw),
            "size": len(self.data),
            "extra": b"",
            "comment": b"",
            "disk": 0,
            "attributes": 0o644 << 16,
            "name": self.name,
        }
        return {**unbent, **self.both, **bent}


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An archive. ``end`` bends the end record, ``end64`` (if not None) the zip64 one, ``locator`` its locator."""

    parts: Sequence[Part]
    front: bytes = b""
    before_directory: bytes = b""
    in_directory: bytes = b""
    before_end: bytes = b""
    after: bytes = b""
    end: Mapping[str, int] = field(default_factory=dict)
    end64: Mapping[str, int] | None = None
    locator: Mapping[str, int] = field(default_factory=dict)
    backwards: bool = False

    def build(self) -> bytes:
        """Return the bytes."""
        body, offsets = bytearray(self.front), []
        for part in self.parts:
            offsets.append(len(body))
            body += local_header(part) + part.raw + part.behind if part.written else b""
        body += self.before_directory
        place = len(body)
        listed = [central_header(part, offset) for part, offset in zip(self.parts, offsets, strict=True) if part.listed]
        body += b"".join(reversed(listed) if self.backwards else listed) + self.in_directory
        values = {"entries": len(listed), "size": len(body) - place, "offset": place, "disk": 0, "first_disk": 0}
        body += self.before_end
        if self.end64 is not None:
            body += self._zip64(values, len(body))
        end = {**values, "here": values["entries"], "comment": len(self.after), **self.end}
        fields = (end[name] for name in ("disk", "first_disk", "here", "entries", "size", "offset", "comment"))
        return bytes(body) + _END.pack(b"PK\x05\x06", *fields) + self.after

    def _zip64(self, values: Mapping[str, int], place: int) -> bytes:
        end = {**values, "length": 44, "here": values["entries"], **(self.end64 or {})}
        locator = {"disk": 0, "place": place, "disks": 1, **self.locator}
        fields = (end[name] for name in ("disk", "first_disk", "here", "entries", "size", "offset"))
        record = _END64.pack(b"PK\x06\x06", end["length"], 45, 45, *fields)
        return record + _LOCATOR.pack(b"PK\x06\x07", locator["disk"], locator["place"], locator["disks"])


def local_header(part: Part) -> bytes:
    at = part.header(part.local)
    fields = [at[name] for name in ("version", "flags", "method", "modified", "crc", "compressed", "size")]
    name, extra = _bytes(at["name"]), _bytes(at["extra"])
    signature = at.get("signature", b"PK\x03\x04")
    return _LOCAL.pack(signature, *fields, len(name), len(extra)) + name + extra


def central_header(part: Part, offset: int) -> bytes:
    at = {"offset": offset, **part.header(part.central)}
    names = ("made", "version", "flags", "method", "modified", "crc", "compressed", "size")
    texts = [_bytes(at[name]) for name in ("name", "extra", "comment")]
    tail = (at["disk"], 0, at["attributes"], at["offset"])
    signature = at.get("signature", b"PK\x01\x02")
    return _CENTRAL.pack(signature, *(at[name] for name in names), *map(len, texts), *tail) + b"".join(texts)


def deflated(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


def an_extra(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def a_zip64_extra(*values: int) -> bytes:
    return an_extra(0x0001, struct.pack(f"<{len(values)}Q", *values))


def a_descriptor(data: bytes, packed: bytes, *, wide: bool = False, signed: bool = True) -> bytes:
    values = struct.pack("<LQQ" if wide else "<3L", zlib.crc32(data), len(packed), len(data))
    return (b"PK\x07\x08" if signed else b"") + values


def wheel_parts(wheel: bytes | None = None) -> list[Part]:
    """Take a valid wheel apart."""
    with ZipFile(BytesIO(a_wheel() if wheel is None else wheel)) as archive:
        return [Part(name=info.filename.encode(), data=archive.read(info)) for info in archive.infolist()]


def with_part(*parts: Part, **bent: object) -> bytes:
    """Return a wheel with more entries, and the archive bent."""
    return replace(Archive(parts=[*wheel_parts(), *parts]), **bent).build()  # type: ignore[arg-type]


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def read(data: bytes, *, caps: ArchiveCaps | None = None) -> WheelArchive:
    return anyio.run(ZipWheelReader(caps).read, data)


def refusal(data: bytes, *, caps: ArchiveCaps | None = None) -> WheelRefusedError:
    """Return the reader's refusal; any other exception, and none, fail the test."""
    with pytest.raises(WheelRefusedError) as raised:
        read(data, caps=caps)
    return raised.value
