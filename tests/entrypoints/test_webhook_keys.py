"""Files of the keys that encrypt secrets of webhooks."""

import base64
from pathlib import Path

import pytest

from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import WebhookSettings
from entrypoints.webhook_keys import InvalidWebhookKeyError, read_webhook_keys

OLD, NEW = bytes(32), bytes(range(32))
SHORT = base64.b64encode(b"sixteen bytes ok").decode()


def written(*keys: bytes) -> str:
    return "".join(f"{base64.b64encode(key).decode()}\n" for key in keys)


def test_each_line_is_a_key_and_comments_are_none(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# the first encrypts\n{written(NEW)}\n{written(OLD)}")
    assert read_webhook_keys(path) == [NEW, OLD]


@pytest.mark.parametrize("text", ["", "# none\n", SHORT, written(NEW) + "not base64", "ü", "a" * 70_000])
def test_a_file_without_good_keys_is_refused_and_nothing_of_it_is_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(InvalidWebhookKeyError) as refused:
        read_webhook_keys(path)
    assert "openssl rand -base64 32" in str(refused.value)
    assert text[:8] == "" or text[:8] not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"REGISTRY_WEBHOOK_KEY_FILE: cannot be read \(FileNotFoundError\)"):
        load_group(WebhookSettings, {"REGISTRY_WEBHOOK_KEY_FILE": str(tmp_path / "absent")})
