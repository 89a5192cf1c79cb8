"""The tree, against a recursive reference and the published vectors."""

import hashlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.log import proofs
from domain.log.merkle import (
    InvalidProofError,
    empty_root,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from domain.log.tiles import RightEdge, TileName, parse_path, tiles_of
from tests.support.log_vectors import log_vectors

_MOST = 600


class _Tree:
    """The definition of RFC 6962, section 2.1, as it is written there."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]

    @cache  # noqa: B019 -- as long-lived as the tests
    def root(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self.leaves[start]
        middle = start + self.split(end - start)
        left, right = self.root(start, middle), self.root(middle, end)
        return hashlib.sha256(b"\x01" + left + right).digest()

    def inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + self.split(end - start)
        if index < middle:
            return [*self.inclusion(index, start, middle), self.root(middle, end)]
        return [*self.inclusion(index, middle, end), self.root(start, middle)]

    def consistency(self, old: int, start: int, end: int, *, whole: bool = True) -> list[bytes]:
        if old == end:
            return [] if whole else [self.root(start, end)]
        middle = start + self.split(end - start)
        if old <= middle:
            return [*self.consistency(old, start, middle, whole=whole), self.root(middle, end)]
        return [*self.consistency(old, middle, end, whole=False), self.root(start, middle)]

    @staticmethod
    def split(count: int) -> int:
        power = 1
        while power * 2 < count:
            power *= 2
        return power


_REFERENCE = _Tree([str(index).encode() for index in range(_MOST)])


@cache
def _grown(size: int) -> Mapping[TileName, bytes]:
    """The tiles of a tree that grew in one step."""
    edge = RightEdge()
    return edge.append([leaf_hash(str(index).encode()) for index in range(size)])


def _tiles(size: int) -> Mapping[TileName, bytes]:
    """The tiles of a smaller tree: prefixes of those of the largest."""
    widest = {(name.level, name.index): hashes for name, hashes in _grown(_MOST).items()}
    return {name: widest[name.level, name.index][: name.width * 32] for name in tiles_of(size)}


def _proof(ranges: list[proofs.EntryRange], size: int) -> list[bytes]:
    tiles = _tiles(size)
    return proofs.roots(ranges, {name: tiles[name] for name in proofs.tiles_for(ranges, size)})


def test_the_hashes_are_those_of_certificate_transparency() -> None:
    vectors = log_vectors()["rfc6962"]
    leaves = [bytes.fromhex(leaf) for leaf in vectors["leaves"]]

    assert [leaf_hash(leaf).hex() for leaf in leaves] == vectors["leaf_hashes"]
    for size, root in enumerate(vectors["roots_by_size"]):
        edge = RightEdge()
        edge.append([leaf_hash(leaf) for leaf in leaves[:size]])
        assert edge.root.hex() == root
    assert empty_root().hex() == vectors["roots_by_size"][0]
    tree = _Tree(leaves)
    for case in vectors["inclusion"]:
        assert [each.hex() for each in tree.inclusion(case["index"], 0, case["size"])] == case["proof"]
    for case in vectors["consistency"]:
        assert [each.hex() for each in tree.consistency(case["old"], 0, case["new"])] == case["proof"]


def test_a_tree_grows_to_every_size_with_the_roots_and_tiles_of_the_reference() -> None:
    edge = RightEdge()
    stored: dict[tuple[int, int], bytes] = {}
    for size in range(1, _MOST + 1):
        for name, hashes in edge.append([leaf_hash(str(size - 1).encode())]).items():
            assert len(hashes) == name.width * 32
            stored[name.level, name.index] = hashes
        assert edge.root == _REFERENCE.root(0, size)
        assert edge.size == size
        assert {name: stored[name.level, name.index] for name in tiles_of(size)} == _tiles(size)


@pytest.mark.parametrize("start", [0, 1, 255, 256, 257, 511])
def test_a_tree_continues_from_its_partial_tiles(start: int) -> None:
    edge = RightEdge.of(start, _tiles(start))

    edge.append([leaf_hash(str(index).encode()) for index in range(start, _MOST)])

    assert edge.root == _REFERENCE.root(0, _MOST)


def test_a_tree_does_not_continue_from_other_tiles() -> None:
    tiles = dict(_tiles(5))
    tiles[TileName(0, 0, 5)] += bytes(32)

    with pytest.raises(ValueError, match="tile 0/000"):
        RightEdge.of(5, tiles)
    with pytest.raises(KeyError):
        RightEdge.of(5, {})


def test_every_inclusion_proof_of_every_size_is_that_of_the_reference() -> None:
    thorough = {*range(1, 70), 255, 256, 257, 300, 511, 512, 513, _MOST}
    for size in range(1, _MOST + 1):
        root, step = _REFERENCE.root(0, size), max(1, size // (40 if size in thorough else 3))
        for index in sorted({*range(0, size, step), size - 1}):
            proof = _proof(proofs.inclusion(index, size), size)
            assert proof == _REFERENCE.inclusion(index, 0, size)
            verify_inclusion(_REFERENCE.leaves[index], index=index, size=size, proof=proof, root=root)


def test_every_size_is_proved_to_begin_with_smaller_ones_as_the_reference_does() -> None:
    for new in range(1, _MOST + 1):
        for old in {1, new, new // 2 or 1, new - 1 or 1, 1 << (new.bit_length() - 1), max(new - 255, 1)}:
            proof = _proof(proofs.consistency(old, new), new)
            assert proof == _REFERENCE.consistency(old, 0, new)
            roots = {"old_root": _REFERENCE.root(0, old), "new_root": _REFERENCE.root(0, new)}
            verify_consistency(old=old, new=new, proof=proof, **roots)


def test_the_root_is_computed_from_the_right_edge() -> None:
    for size in range(1, _MOST + 1):
        assert _proof(list(proofs.whole(size)), size) == [_REFERENCE.root(0, size)]


def test_a_large_tree_is_that_of_the_vectors() -> None:
    vectors = log_vectors()["big_tree"]
    edge, tiles, last = RightEdge(), dict[tuple[int, int], bytes](), 0
    for size in sorted(map(int, vectors["roots"])):
        changed = edge.append([leaf_hash(str(index).encode()) for index in range(last, size)])
        tiles |= {(name.level, name.index): hashes for name, hashes in changed.items()}
        assert edge.root.hex() == vectors["roots"][str(size)]
        last = size
    for tile in vectors["tiles"]:
        name = parse_path(tile["path"].removeprefix("tile/"))
        assert isinstance(name, TileName)
        narrow = tiles[name.level, name.index][: name.width * 32]  # a partial tile is a prefix of a wider one
        assert hashlib.sha256(narrow).hexdigest() == tile["sha256"]
    named = {name: tiles[name.level, name.index] for name in tiles_of(last)}
    for case in vectors["inclusion"]:
        assert proofs.roots(proofs.inclusion(case["index"], case["size"]), named) == list(map(b64decode, case["proof"]))
    for case in vectors["consistency"]:
        assert proofs.roots(proofs.consistency(case["old"], case["new"]), named) == list(map(b64decode, case["proof"]))


@pytest.mark.hostile
@pytest.mark.parametrize("case", log_vectors()["negative"]["inclusion"], ids=lambda case: case["why"])
def test_a_false_inclusion_proof_is_refused(case: Mapping[str, object]) -> None:
    hashes = [bytes.fromhex(each) for each in case["proof"]]  # type: ignore[attr-defined]
    leaf, root = bytes.fromhex(str(case["leaf_hash"])), bytes.fromhex(str(case["root"]))

    with pytest.raises(InvalidProofError):
        verify_inclusion(leaf, index=int(str(case["index"])), size=int(str(case["size"])), proof=hashes, root=root)


@pytest.mark.hostile
@pytest.mark.parametrize("case", log_vectors()["negative"]["consistency"], ids=lambda case: case["why"])
def test_a_fork_is_refused(case: Mapping[str, object]) -> None:
    hashes = [bytes.fromhex(each) for each in case["proof"]]  # type: ignore[attr-defined]
    old_root, new_root = bytes.fromhex(str(case["old_root"])), bytes.fromhex(str(case["new_root"]))

    with pytest.raises(InvalidProofError):
        verify_consistency(
            old=int(str(case["old"])), new=int(str(case["new"])), old_root=old_root, new_root=new_root, proof=hashes
        )


@pytest.mark.hostile
@given(size=st.integers(2, 300), data=st.data())
def test_no_proof_is_valid_with_one_bit_or_one_hash_changed(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    root, leaf = _REFERENCE.root(0, size), _REFERENCE.leaves[index]
    inclusion, consistency = _REFERENCE.inclusion(index, 0, size), _REFERENCE.consistency(old, 0, size)
    for proof in (inclusion, consistency):
        at = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        changed = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
        proof[at : at + 1] = data.draw(st.sampled_from([[changed], [], [proof[at], bytes(32)]]))

    with pytest.raises(InvalidProofError):
        verify_inclusion(leaf, index=index, size=size, proof=inclusion, root=root)
    with pytest.raises(InvalidProofError):
        verify_consistency(old=old, new=size, old_root=_REFERENCE.root(0, old), new_root=root, proof=consistency)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (-1, 5), (6, 5)])
def test_a_tree_is_compared_only_with_one_that_it_can_begin_with(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        proofs.consistency(old, new)
    with pytest.raises(InvalidProofError):
        verify_consistency(old=old, new=new, old_root=bytes(32), new_root=bytes(32), proof=[])


@pytest.mark.parametrize("index", [-1, 5])
def test_no_entry_outside_of_a_tree_is_in_it(index: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        proofs.inclusion(index, 5)
    with pytest.raises(InvalidProofError):
        verify_inclusion(bytes(32), index=index, size=5, proof=[], root=bytes(32))


def test_a_leaf_is_not_taken_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right)
