"""Verifying asks no one and writes nothing, wherever the home is; what does not verify loads nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

from entrypoints.development.sigstore.fake_sigstore import FakeSigstore
from tests.support.github_claims import github_claims

_VERIFY = """
import os, sys
effects = []

def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.rename"}:
        effects.append(event)
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        effects.append(f"open to write: {arguments[0]}")

sys.addaudithook(watch)
from pathlib import Path
from adapters.sigstore.verifier import SigstoreAttestationVerifier
from domain.provenance.errors import AttestationInvalidError
sent, *roots = map(Path, sys.argv[1:])
try:
    print(SigstoreAttestationVerifier(roots).verify(sent.read_bytes()).claims.repository)
except AttestationInvalidError as error:
    print(error.code)
print(effects)
"""


def verified(*files: Path, home: Path) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-B", "-c", _VERIFY, *map(str, files)],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()


def test_nothing_is_asked_and_nothing_is_written(tmp_path: Path) -> None:
    sigstore = FakeSigstore()
    sent, root = tmp_path / "sent.json", tmp_path / "trusted_root.json"
    sent.write_text(json.dumps(sigstore.attest(b"{}", github_claims())))
    root.write_text(sigstore.trusted_root())

    assert verified(sent, root, home=tmp_path / "absent") == ["https://github.com/acme/demo", "[]"]
    assert verified(sent, home=tmp_path / "absent") == ["attestation_invalid", "[]"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sent.json", "trusted_root.json"]
