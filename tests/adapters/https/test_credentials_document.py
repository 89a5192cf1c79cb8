"""What a file of credentials may hold, and who may read it."""

import json
import os
from pathlib import Path

import pytest

from adapters.https.credentials_document import InvalidCredentialsError, parse_credentials
from adapters.https.credentials_file import MAX_BYTES, read_credentials
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import WheelSettings

pytestmark = pytest.mark.hostile

SECRET = "s3cret"
GOOD = {"host": "gitlab.example.com", "bearer": SECRET}


def test_an_entry_is_for_the_whole_host_and_the_platform_unless_it_says_otherwise() -> None:
    plain, special = parse_credentials(
        json.dumps(
            [
                GOOD,
                {
                    **GOOD,
                    "host": "[2606:4700::1]:8443",
                    "path": "/api/v4/group%2fproject/",
                    "namespaces": ["acme", "b/"],
                },
            ]
        ).encode()
    )
    assert (plain.host, plain.port, plain.path, set(plain.namespaces)) == ("gitlab.example.com", 443, "/", {"platform"})
    assert (special.host, special.port, special.path) == ("2606:4700::1", 8443, "/api/v4/group%2Fproject/")
    assert special.namespaces == {"acme", "b"}
    assert SECRET not in repr([plain, special])


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "is not a whole JSON document"),
        (json.dumps([GOOD]).encode()[:-1], "is not a whole JSON document"),
        (b"[" * 100_000, "is not a whole JSON document"),
        (b'["\xff"]', "is not a whole JSON document"),
        (b"{}", "must hold a JSON list"),
        (b'["s3cret"]', "entry 1: must have a host"),
    ],
)
def test_a_document_that_is_no_list_of_entries_is_refused(document: bytes, sentence: str) -> None:
    with pytest.raises(InvalidCredentialsError, match=sentence) as refusal:
        parse_credentials(document)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": f"user:{SECRET}@gitlab.example.com"}, "the host must be a host name"),
        ({"host": f"https://{SECRET}"}, "the host must be a host name"),
        ({"host": ""}, "the host must be a host name"),
        ({"host": "127.1"}, "the host must be a host name"),
        ({"host": ["gitlab.example.com"]}, "must have a host"),
        ({"path": f"/{SECRET}"}, "the path must begin and end with a slash"),
        ({"path": f"{SECRET}/"}, "the path must begin and end with a slash"),
        ({"path": f"/?{SECRET}/"}, "the path must be one of a URL"),
        ({"path": f"/#{SECRET}/"}, "the path must be one of a URL"),
        ({"path": f"/%{SECRET}/"}, "the path must be one of a URL"),
        ({"namespaces": []}, "must serve a namespace"),
        ({"namespaces": ["*"]}, "the namespaces must be such as platform/"),
        ({"namespaces": ["platform/gcp"]}, "the namespaces must be such as platform/"),
        ({"namespaces": SECRET}, "must have a host"),
        ({SECRET: "x"}, "must have a host"),
        ({"bearer": None}, "exactly one of basic, bearer and header"),
        ({"basic": {"username": "u", "password": SECRET}}, "exactly one of basic, bearer and header"),
        ({"bearer": f"Bearer {SECRET}"}, "the bearer token must be one as in RFC 6750"),
        ({"bearer": f"{SECRET}\r\nX: y"}, "the bearer token must be one as in RFC 6750"),
        ({"bearer": ""}, "the bearer token must be one as in RFC 6750"),
        ({"bearer": None, "basic": {"username": "a:b", "password": SECRET}}, "the username has no colon"),
        ({"bearer": None, "basic": {"username": "a", "password": f"{SECRET}\n"}}, "the username has no colon"),
        ({"bearer": None, "basic": {"username": "a", "password": "\ud800"}}, "JSON|the username has no colon"),
        ({"bearer": None, "basic": {"username": SECRET}}, "must have a host"),
        ({"bearer": None, "header": {"name": "Host", "value": SECRET}}, "the header's name must be"),
        ({"bearer": None, "header": {"name": "transfer-encoding", "value": SECRET}}, "the header's name must be"),
        ({"bearer": None, "header": {"name": f"{SECRET}:", "value": "x"}}, "the header's name must be"),
        ({"bearer": None, "header": {"name": "X", "value": f"{SECRET}\r\nY: z"}}, "the header's value must be"),
        ({"bearer": None, "header": {"name": "X", "value": f" {SECRET}"}}, "the header's value must be"),
        ({"bearer": None, "header": {"name": "X", "value": "é"}}, "the header's value must be"),
    ],
)
def test_a_wrong_entry_is_named_by_its_number_and_nothing_of_it_is_repeated(
    changes: dict[str, object], sentence: str
) -> None:
    entries = [{**GOOD, "host": "other.example.com"}, {**GOOD, **changes}]
    with pytest.raises(InvalidCredentialsError, match=sentence) as refusal:
        parse_credentials(json.dumps(entries).encode())
    assert SECRET not in str(refusal.value)
    assert "entry 2" in str(refusal.value) or "JSON" in str(refusal.value)


def test_two_entries_for_the_same_wheels_are_refused() -> None:
    entries = [
        GOOD,
        {**GOOD, "path": "/a/"},
        {**GOOD, "host": "GITLAB.example.com:443", "namespaces": ["a", "platform"]},
    ]
    with pytest.raises(InvalidCredentialsError, match="entry 3: is for the same host, path and namespace as entry 1"):
        parse_credentials(json.dumps(entries).encode())


@pytest.mark.parametrize(
    ("mode", "is_good"),
    [(0o600, True), (0o400, True), (0o640, True), (0o440, True)]
    + [(mode, False) for mode in (0o644, 0o604, 0o601, 0o602, 0o660, 0o620, 0o666)],
)
def test_a_file_that_other_users_may_open_is_refused(tmp_path: Path, mode: int, is_good: bool) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps([GOOD]))
    path.chmod(mode)
    if is_good:
        assert len(read_credentials(path)) == 1
    else:
        with pytest.raises(InvalidCredentialsError, match="must be closed to other users; chmod it to 600 or 640"):
            read_credentials(path)


def test_what_is_no_readable_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    large = tmp_path / "large"
    large.touch(mode=0o600)
    large.write_bytes(b" " * (MAX_BYTES + 1))
    for name, sentence in (
        ("missing", "cannot be read: No such file"),
        (".", "must be a file"),
        ("fifo", "must be a file"),
        ("large", "must have at most"),
        ("x" * 5_000, "cannot be read: File name too long"),
    ):
        with pytest.raises(InvalidCredentialsError, match=sentence):
            read_credentials(tmp_path / name)


def test_settings_with_a_wrong_file_are_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps([{**GOOD, "path": SECRET}]))
    with pytest.raises(SettingsError) as refusal:
        load_group(
            WheelSettings,
            {"REGISTRY_WHEEL_CREDENTIALS_FILE": str(path), "REGISTRY_WHEEL_PROXY_URL": f"https://u:{SECRET}@proxy:1"},
        )
    assert refusal.value.problems == (
        "REGISTRY_WHEEL_PROXY_URL: must be http://host:port or http://user:password@host:port",
        "REGISTRY_WHEEL_CREDENTIALS_FILE: entry 1: the path must begin and end with a slash",
    )
