"""Keys of the fake, and how documents have them."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ECDSA = ec.ECDSA(hashes.SHA256())


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def key_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return what logs call the key: the digest of its public half."""
    return hashlib.sha256(public_bytes(key)).digest()


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as a SubjectPublicKeyInfo in DER."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)
