"""Digests."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidDigestError
from domain.wheel.file import Sha256Digest


@given(st.binary())
def test_every_computed_digest_is_one(data: bytes) -> None:
    text = hashlib.sha256(data).hexdigest()

    assert str(Sha256Digest(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", " " + "a" * 63, "sha256:" + "a" * 57, "\u0661" * 64],
)
def test_anything_but_64_lower_case_hexadecimal_digits_is_refused(text: str) -> None:
    with pytest.raises(InvalidDigestError):
        Sha256Digest(text)
