"""The hash tree over the entries (RFC 6962, section 2.1), with SHA-256, and the verification of its proofs."""

import hashlib
from collections.abc import Sequence

HASH_SIZE = 32
_LEAF, _NODE = b"\x00", b"\x01"


class InvalidProofError(ValueError):
    """A proof does not lead to the root that it should."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def empty_root() -> bytes:
    """Return the root of a tree without entries."""
    return hashlib.sha256().digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over subtrees that stand side by side, each larger than all to its right together."""
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Verify that a leaf hash stands at an index of a tree (RFC 9162, section 2.1.3.2).

    Raises:
        InvalidProofError: It does not, or the proof is longer or shorter than it must be.
    """
    if not 0 <= index < size:
        raise InvalidProofError(f"index {index} is not in a tree of {size} entries")
    _, found = _climb(index, size - 1, leaf, leaf, proof)
    if found != root:
        raise InvalidProofError("the inclusion proof does not lead to the root of the tree")


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Verify that a tree of ``new`` entries begins with the tree of ``old`` (RFC 9162, section 2.1.4.2).

    Raises:
        InvalidProofError: It does not, or the proof is longer or shorter than it must be.
    """
    if not 0 < old <= new:
        raise InvalidProofError(f"a tree of {new} entries cannot be compared with one of {old}")
    if old == new:
        if proof or old_root != new_root:
            raise InvalidProofError("two trees of one size must have one root, and need no proof")
        return
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    path = list(proof) if node else [old_root, *proof]
    if not path:
        raise InvalidProofError("the proof is too short")
    first, *rest = path
    old_found, new_found = _climb(node, last, first, first, rest)
    if old_found != old_root or new_found != new_root:
        raise InvalidProofError("the consistency proof does not lead from the old root to the new one")


def _climb(node: int, last: int, left: bytes, whole: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Walk from a node to the root; return the root over what is not right of it, and over everything.

    Args:
        node: The number of the node in its level.
        last: The number of the level's last node.
        left: The hash of the node, as the first tree has it.
        whole: The same, as the second tree has it.
        proof: The siblings on the way.
    """
    for sibling in proof:
        if last == 0:
            raise InvalidProofError("the proof is too long")
        if node % 2 or node == last:
            left, whole = node_hash(sibling, left), node_hash(sibling, whole)
            while not node % 2 and node:
                node, last = node >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise InvalidProofError("the proof is too short")
    return left, whole
