"""The file of the log's witnesses."""

from pathlib import Path

import pytest

from entrypoints.log_witnesses import read_witnesses
from entrypoints.settings import TransparencyLogSettings
from entrypoints.validation import validate
from tests.support.witness import VKEY, WITNESS, a_witness, vkey_of

URL = "https://witness.example.org/log"
OTHERS = [vkey_of(a_witness(f"witness.example.org/{number}").key) for number in range(9)]


def _problems(path: Path) -> list[tuple[str, str]]:
    return list(validate(TransparencyLogSettings, {"witness_file": path}, {}))


def test_a_line_is_a_key_and_an_address(tmp_path: Path) -> None:
    path = tmp_path / "witnesses"
    path.write_text(f"# ours\n\n{VKEY} {URL}\n  {OTHERS[0]}   http://127.0.0.1:9000\n")

    assert _problems(path) == []
    assert [(key.name, url) for key, url in read_witnesses(path)] == [
        (WITNESS.name, URL),
        ("witness.example.org/0", "http://127.0.0.1:9000"),
    ]


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a line for each witness"),
        ("# none\n", "a line for each witness"),
        (VKEY, "not a key and an https:// URL"),
        (f"{VKEY} http://witness.example.org", "not a key and an https:// URL"),
        (f"{VKEY} https://user:secret@witness.example.org", "not a key and an https:// URL"),
        (f"{VKEY[:-4]} {URL}", "a witness's key is NAME"),
        (f"{VKEY.replace('480e2ca5', '480e2ca6')} {URL}", "copy it again"),
        (f"secret {URL}", "a witness's key is NAME"),
        (f"{VKEY} {URL}\n{VKEY} {URL}/2", "two witnesses of one name"),
        ("".join(f"{key} {URL}\n" for key in OTHERS), "up to 8"),
        ("\x00", "not a key and an https:// URL"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_without_repeating_it(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "witnesses"
    path.write_text(text)

    [(variable, said)] = _problems(path)

    assert variable == "REGISTRY_LOG_WITNESS_FILE"
    assert problem in said
    assert "secret" not in said
    assert "480e2ca" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert _problems(tmp_path / "absent") == [("REGISTRY_LOG_WITNESS_FILE", "cannot be read (FileNotFoundError)")]
