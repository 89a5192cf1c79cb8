"""Witnesses of the transparency log: in memory, and as small HTTPS servers that verify what they cosign."""

import asyncio
import ssl
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from adapters.memory.witness import InMemoryWitness
from domain.log.checkpoints import open_checkpoint
from domain.log.notes import InvalidNoteError, Note, VerifierKey
from domain.log.witnesses import Accepted, Declined, OtherSize, WitnessKey
from tests.support.log_vectors import log_vectors, sign, verify
from tests.support.serving import serving

WITNESS = WitnessKey.parse(log_vectors()["keys"]["witness"]["vkey"])
VKEY: str = log_vectors()["keys"]["witness"]["vkey"]
_SEED = bytes.fromhex(log_vectors()["keys"]["witness"]["seed"])


def a_witness(name: str = WITNESS.name) -> InMemoryWitness:
    return InMemoryWitness(WitnessKey(name, WITNESS.public), _SEED, sign)


def vkey_of(key: WitnessKey) -> str:
    return f"{key.name}+{key.id.hex()}+{b64encode(bytes([4]) + key.public).decode()}"


@contextmanager
def a_served_witness(witness: InMemoryWitness, log: VerifierKey, tls: ssl.SSLContext) -> Iterator[str]:
    """Serve a witness that knows the key of one log, and return its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, media_type, answer = _answer(witness, log, body) if self.path == "/w/add-checkpoint" else _UNKNOWN
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    with serving(server) as port:
        yield f"https://127.0.0.1:{port}/w"


_UNKNOWN = 404, "text/plain", b""


def _answer(witness: InMemoryWitness, log: VerifierKey, body: bytes) -> tuple[int, str, bytes]:
    head, _, note = body.partition(b"\n\n")
    old, *proof = head.decode("ascii").split("\n")
    try:
        open_checkpoint(note, [log], verify)
    except InvalidNoteError:
        return 403, "text/plain", b""
    hashes = [b64decode(each, validate=True) for each in proof]
    reply = asyncio.run(witness.add_checkpoint(int(old.removeprefix("old ")), hashes, Note.parse(note)))
    match reply:
        case Accepted(signatures):
            return 200, "text/plain", signatures
        case OtherSize(size):
            return 409, "text/x.tlog.size", f"{size}\n".encode()
        case Declined():
            return 422, "text/plain", b""
