"""Secrets at rest."""

import pytest

from adapters.jwe import JweCipher
from application.errors import SecretUnreadableError

OLD, NEW = bytes(32), bytes(range(32))
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_secret_is_read_with_its_key() -> None:
    sealed = JweCipher([NEW]).seal(SECRET)
    assert JweCipher([NEW]).reveal(sealed) == SECRET
    assert sealed != JweCipher([NEW]).seal(SECRET)


def test_the_first_key_encrypts_and_each_decrypts() -> None:
    old = JweCipher([OLD]).seal(SECRET)
    both = JweCipher([NEW, OLD])
    assert both.reveal(old) == SECRET
    assert JweCipher([NEW]).reveal(both.seal(SECRET)) == SECRET


@pytest.mark.parametrize("sealed", ["", "a.b.c", "....", JweCipher([OLD]).seal(SECRET)])
def test_what_another_key_encrypted_is_not_read(sealed: str) -> None:
    with pytest.raises(SecretUnreadableError) as refused:
        JweCipher([NEW]).reveal(sealed)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("part", range(5))
def test_what_was_changed_is_not_read(part: int) -> None:
    parts = JweCipher([NEW]).seal(SECRET).split(".")
    first = "B" if parts[part][:1] != "B" else "C"
    parts[part] = first + parts[part][1:]
    with pytest.raises(SecretUnreadableError):
        JweCipher([NEW]).reveal(".".join(parts))
