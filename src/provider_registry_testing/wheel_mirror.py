"""The contract of the storage of a mirror."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.errors import MirrorUnavailableError
from application.ports.wheel_mirror import StoredBytes, WheelMirror
from domain.mirror import MirrorPart
from domain.wheel.file import Sha256Digest

LARGE = bytes(range(256)) * 100_000  # more than one request of an upload
WHEEL, METADATA = MirrorPart.WHEEL, MirrorPart.METADATA
A_MINUTE = timedelta(minutes=1)


@pytest.mark.anyio
class WheelMirrorContract:
    """What every ``WheelMirror`` promises. A subclass has a fixture ``mirror``, which returns an empty one."""

    @pytest.mark.parametrize("data", [b"x", LARGE], ids=["one byte", "large"])
    @pytest.mark.parametrize("on_disk", [False, True], ids=["bytes", "file"])
    async def test_what_was_put_is_found_and_read(
        self, mirror: WheelMirror, tmp_path: Path, data: bytes, *, on_disk: bool
    ) -> None:
        path = tmp_path / "spooled"
        path.write_bytes(data)
        digest = digest_of(data)
        await mirror.put(digest, WHEEL, path if on_disk else data)
        found = await mirror.find(digest, WHEEL)
        assert found is not None
        assert (found.sha256, found.part, found.size) == (digest, WHEEL, len(data))
        assert abs(found.stored_at - datetime.now(UTC)) < A_MINUTE
        stored = await mirror.read(digest, WHEEL)
        assert (stored.file_size, await bytes_of(stored)) == (len(data), data)

    async def test_parts_of_a_wheel_are_apart(self, mirror: WheelMirror) -> None:
        digest = digest_of(b"wheel")
        await mirror.put(digest, METADATA, b"metadata")
        assert await mirror.find(digest, WHEEL) is None
        await mirror.put(digest, WHEEL, b"wheel")
        assert await bytes_of(await mirror.read(digest, METADATA)) == b"metadata"
        assert await bytes_of(await mirror.read(digest, WHEEL)) == b"wheel"

    @pytest.mark.parametrize(
        ("start", "end"), [(0, None), (0, 1), (5, 10), (7, None), (len(LARGE) - 1, len(LARGE)), (0, len(LARGE))]
    )
    async def test_a_range_is_read_and_the_size_is_that_of_the_file(
        self, mirror: WheelMirror, start: int, end: int | None
    ) -> None:
        digest = digest_of(LARGE)
        await mirror.put(digest, WHEEL, LARGE)
        stored = await mirror.read(digest, WHEEL, start=start, end=end)
        assert (stored.file_size, await bytes_of(stored)) == (len(LARGE), LARGE[start:end])

    async def test_a_second_put_replaces_the_first(self, mirror: WheelMirror) -> None:
        digest = digest_of(b"right")
        for data in (b"damaged", b"right"):
            await mirror.put(digest, WHEEL, data)
        assert await bytes_of(await mirror.read(digest, WHEEL)) == b"right"

    async def test_what_is_not_there_is_not_found_cannot_be_read_and_may_be_deleted(self, mirror: WheelMirror) -> None:
        digest = digest_of(b"absent")
        assert await mirror.find(digest, WHEEL) is None
        with pytest.raises(MirrorUnavailableError):
            await mirror.read(digest, WHEEL)
        await mirror.delete(digest)

    async def test_every_part_is_deleted(self, mirror: WheelMirror) -> None:
        digest, other = digest_of(b"one"), digest_of(b"other")
        for each in (digest, other):
            for part in MirrorPart:
                await mirror.put(each, part, b"data")
        await mirror.delete(digest)
        assert [await mirror.find(digest, part) for part in MirrorPart] == [None, None]
        assert [stored.sha256 async for stored in mirror.list_wheels()] == [other]

    async def test_wheels_are_listed_without_their_metadata(self, mirror: WheelMirror) -> None:
        assert [stored async for stored in mirror.list_wheels()] == []
        digests = {digest_of(bytes([number])) for number in range(20)}
        for digest in digests:
            await mirror.put(digest, WHEEL, b"12345")
            await mirror.put(digest, METADATA, b"metadata")
        listed = [stored async for stored in mirror.list_wheels()]
        assert {stored.sha256 for stored in listed} == digests
        assert {(stored.part, stored.size) for stored in listed} == {(WHEEL, 5)}
        assert len(listed) == len(digests)


def digest_of(data: bytes) -> Sha256Digest:
    """Return the digest of some bytes."""
    return Sha256Digest(hashlib.sha256(data).hexdigest())


async def bytes_of(stored: StoredBytes) -> bytes:
    """Read to the end."""
    return b"".join([chunk async for chunk in stored.chunks])
