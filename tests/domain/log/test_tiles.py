"""Tiles, bundles and their addresses."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.log.tiles import BundleName, TileName, parse_path, read_bundle, tiles_of, write_bundle
from tests.support.log_vectors import log_vectors

_PREFIX = "tile/"


def test_an_entry_is_in_the_tiles_of_the_vectors() -> None:
    vector = log_vectors()["paths"][0]
    index = vector["entry_index"]

    assert divmod(index, 256) == (vector["tile_n"], vector["offset_in_tile"])
    assert _PREFIX + TileName(0, index // 256).path == vector["level0"]
    assert _PREFIX + BundleName(index // 256).path == vector["entries"]
    assert _PREFIX + TileName(1, index // 256**2).path == vector["level1"]
    assert _PREFIX + TileName(2, index // 256**3).path == vector["level2"]
    assert _PREFIX + TileName(0, index).path == vector["as_tile_number"]


@pytest.mark.parametrize(
    ("index", "path"),
    [(0, "tile/0/000"), (999, "tile/0/999"), (1000, "tile/0/x001/000"), (1234067, "tile/0/x001/x234/067")],
)
def test_a_long_number_is_cut_into_groups_of_three(index: int, path: str) -> None:
    assert _PREFIX + TileName(0, index).path == path


@pytest.mark.parametrize("size", [size for size in map(int, log_vectors()["tiles_by_size"]) if size < 2_000_000])
def test_a_tree_has_the_tiles_of_the_vectors(size: int) -> None:
    names = list(tiles_of(size))

    for row in log_vectors()["tiles_by_size"][str(size)]:
        mine = [name for name in names if name.level == row["level"]]
        full, partial = [name for name in mine if name.width == 256], [name for name in mine if name.width < 256]
        assert len(full) == row["full"]
        assert [_PREFIX + name.path for name in full[-1:]] == [row["last_full"]] * bool(full)
        assert [_PREFIX + name.path for name in partial] == [row["partial"]] * bool(row["partial"])
    assert {name.level for name in names} == {row["level"] for row in log_vectors()["tiles_by_size"][str(size)]}


@given(level=st.integers(0, 63), index=st.integers(0, 2**55), width=st.integers(1, 256))
def test_every_address_is_read_as_it_was_written(level: int, index: int, width: int) -> None:
    for name in (TileName(level, index, width), BundleName(index, width)):
        assert parse_path(name.path) == name


@pytest.mark.hostile
@pytest.mark.parametrize(
    "path",
    [
        *log_vectors()["negative"]["tile_paths"],
        "tile/",
        "tile/0/000\n",
        "tile/0/x000/x001",
        f"tile/0/{'x999/' * 1500}999",
        "tile/entries/\N{ARABIC-INDIC DIGIT ZERO}00",
    ],
)
def test_an_address_that_would_be_written_otherwise_is_none(path: str) -> None:
    assert parse_path(path.removeprefix(_PREFIX)) is None


def test_a_bundle_is_that_of_the_vectors() -> None:
    events, big = log_vectors()["events"], log_vectors()["big_tree"]

    bundle = write_bundle(leaf.encode() for leaf in events["leaves"])

    assert hashlib.sha256(bundle).hexdigest() == events["entry_bundle"]["sha256"]
    assert bundle.hex().startswith(events["entry_bundle"]["head"])
    for vector, entries in ((big["entries_000"], range(256)), (big["entries_partial"], range(69888, 70000))):
        assert hashlib.sha256(write_bundle(str(index).encode() for index in entries)).hexdigest() == vector["sha256"]


@pytest.mark.hostile
def test_a_bundle_of_more_entries_than_a_tile_has_hashes_is_refused() -> None:
    assert read_bundle(write_bundle([b""] * 256)) == [b""] * 256
    with pytest.raises(ValueError, match="256 entries at most"):
        read_bundle(write_bundle([b""] * 257))


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    assert read_bundle(write_bundle(entries)) == entries


def test_an_entry_has_as_many_bytes_as_two_can_say() -> None:
    assert read_bundle(write_bundle([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(ValueError, match="65535"):
        write_bundle([bytes(65_536)])


@pytest.mark.hostile
@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_within_an_entry_is_refused(bundle: bytes) -> None:
    with pytest.raises(ValueError, match="ends within"):
        read_bundle(bundle)


def test_a_tree_has_no_tile_beyond_its_edge() -> None:
    with pytest.raises(LookupError):
        TileName.in_tree(0, 2, 512)
    with pytest.raises(LookupError):
        TileName.in_tree(1, 0, 255)
    assert TileName.in_tree(0, 2, 513) == TileName(0, 2, 1)
