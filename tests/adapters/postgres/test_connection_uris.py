"""A connection URI means what PostgreSQL's own clients read in it, or is refused by name and without its values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.parameters import PARAMETERS
from adapters.postgres.targets import KeepAlive, Target, UnusableTargetError, resolve, self_contained, shown
from adapters.postgres.uris import InvalidUriError, parse_uri
from tests.support import libpq
from tests.support.certificates import CertificateAuthority

MARKER = "m4rker"
OURS_ALONE = {"servicefile"}  # of newer releases than the packaged library
IGNORED_VARIABLES = {"client_encoding": None}  # whatever it is, the registry speaks UTF-8
PIECES = ("u", "p", "@", "/", "?", "#", ":", "[", "]", "%41", "%zz", "%00", ",", "host", "5432", "99999", "&", "=")
NAMES = (
    "sslmode",
    "user",
    "password",
    "host",
    "port",
    "dbname",
    "ssl",
    "true",
    "requiressl",
    "1",
    "é",
    " ",
    "+",
    "::1",
    "%2F",
    "%ff",
    "",
)


def problems(uri: str, **environment: str) -> Mapping[str, str]:
    with pytest.raises(UnusableTargetError) as caught:
        resolve(uri, environment)
    assert MARKER not in str(caught.value)
    return dict(caught.value.problems)


def test_the_table_has_every_parameter_of_libpq_and_its_variable() -> None:
    ours = {name: parameter.variable for name, parameter in PARAMETERS.items() if name not in OURS_ALONE}

    assert ours == libpq.parameters() | IGNORED_VARIABLES


@given(st.lists(st.sampled_from(PIECES + NAMES), max_size=12).map("".join))
def test_what_is_read_in_a_uri_is_what_libpq_reads_in_it(rest: str) -> None:
    uri = f"postgresql://{rest}"
    try:
        ours = parse_uri(uri)
    except InvalidUriError:
        return  # stricter is allowed; the examples below tell where it is wanted
    theirs = libpq.parse(uri)

    assert theirs == ours or not ours.keys() <= PARAMETERS.keys()


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("postgresql://u:p%40ss@h/db", {"user": "u", "password": "p@ss", "database": "db", "hosts": [("h", 5432)]}),
        ("postgres://u:p:q[r]+s@h", {"password": "p:q[r]+s", "database": "u"}),
        ("postgresql://u@[2001:db8::1]:6543,b/db", {"hosts": [("2001:db8::1", 6543), ("b", 5432)]}),
        ("postgresql://u@a,b:2/db", {"hosts": [("a", 5432), ("b", 2)]}),
        ("postgresql:///db?host=a,b&port=1,2&user=u", {"hosts": [("a", 1), ("b", 2)], "user": "u"}),
        ("postgresql://u@%2Frun%2Fpostgresql/db", {"hosts": [("/run/postgresql", 5432)]}),
        ("postgresql://u@/db?host=/run/a%20b&port=6000", {"hosts": [("/run/a b", 6000)]}),
        ("postgresql://u@/db?hostaddr=192.0.2.1", {"hosts": [("192.0.2.1", 5432)]}),
        ("postgresql://u@h/db?connect_timeout=3", {"connect_timeout": 3.0}),
        ("postgresql://u@h/db?connect_timeout=0", {"connect_timeout": None}),
        ("postgresql://u@h/db?channel_binding=prefer&gssencmode=disable&sslsni=1", {"sslmode": "prefer"}),
        ("postgresql://u@h/db?ssl=true", {"sslmode": "require"}),
        ("postgresql://u@h/db?s%73l=t%72ue&", {"sslmode": "require"}),
        ("postgresql://u@h/db?requiressl=1", {"sslmode": "require"}),
        ("postgresql://u@h/db?requiressl=0", {"sslmode": "prefer"}),
        ("postgresql://u@h/db?sslmode=verify-full&sslrootcert=system", {"sslmode": "system"}),
        ("postgresql://u@h/db?sslrootcert=system", {"sslmode": "system"}),
        ("postgresql://u@h/db?options=-c%20geqo%3Doff", {"server_settings": {"options": "-c geqo=off"}}),
        ("postgresql://u@h/db?fallback_application_name=r", {"server_settings": {"application_name": "r"}}),
        ("postgresql://u@h/db?ssl_min_protocol_version=tlsv1.3", {"tls": {"ssl_min_protocol_version": "TLSv1.3"}}),
        ("postgresql://u@h/db?target_session_attrs=read-write", {"session_attributes": "read-write"}),
        ("postgresql://u@h/db?load_balance_hosts=random", {"load_balanced": True}),
        ("postgresql://u@h/db?passfile=/run/secrets/pgpass", {"passfile": Path("/run/secrets/pgpass")}),
        ("postgresql://u@h/db?keepalives=0", {"keep_alive": KeepAlive(enabled=False)}),
        (
            "postgresql://u@h/db?keepalives_idle=5&keepalives_interval=6&keepalives_count=7&tcp_user_timeout=8000",
            {"keep_alive": KeepAlive(idle=5, interval=6, count=7, user_timeout_ms=8000)},
        ),
    ],
)
def test_what_libpq_accepts_counts(uri: str, expected: Mapping[str, Any]) -> None:
    target = resolve(uri, {})

    assert libpq.parse(uri) is not None
    assert {name: getattr(target, name) for name in expected} == expected


@pytest.mark.parametrize("character", list("#/?@ %\t"))
@pytest.mark.parametrize("where", ["{}" + MARKER, MARKER + "{}" + MARKER, MARKER + "{}", "12{}3" + MARKER])
@pytest.mark.parametrize(
    "part", ["postgresql://u:{}@h:5432/db", "postgresql://{}:p@h/db", "postgresql://h/db?password={}"]
)
def test_a_password_with_a_character_that_must_be_escaped_is_refused(part: str, where: str, character: str) -> None:
    uri = part.format(where.format(character))
    harmless_in_a_query = "?password=" in uri and character in "/?@"  # RFC 3986 section 3.4

    if harmless_in_a_query:
        assert character in (resolve(f"{uri}&user=u", {}).password or "")
    else:
        assert "DATABASE_URL" in problems(uri)


@pytest.mark.parametrize("port", ["0", "99999", "65536", "-1", "port", "5432 ", "1e3", "٣", "0x10", "+5432"])
@pytest.mark.parametrize("uri", ["postgresql://u@h:{}/db", "postgresql://u@h/db?port={}", "postgresql://u@h:1,i:{}/db"])
def test_a_port_that_is_none_is_refused(uri: str, port: str) -> None:
    assert "DATABASE_URL" in problems(uri.format(port))


@pytest.mark.parametrize(
    "parameter",
    [
        "sslmode=banana",
        "sslmode=verify_full",
        "sslnegotiation=banana",
        "target_session_attrs=primary,standby",
        "target_session_attrs=read_write",
        "load_balance_hosts=yes",
        "connect_timeout=soon",
        "connect_timeout=1.5",
        "connect_timeout=999999999999",
        "keepalives=yes",
        "keepalives_idle=99999",
        "keepalives_interval=x",
        "keepalives_count=128",
        "tcp_user_timeout=5s",
        "channel_binding=require",
        "channel_binding=banana",
        "require_auth=scram-sha-256",
        "gssencmode=require",
        "gssdelegation=1",
        "gsslib=banana",
        "client_encoding=LATIN1",
        "replication=database",
        "requirepeer=postgres",
        "service=registry",
        "sslcertmode=require",
        "sslcompression=2",
        "sslcrl=/nonexistent/m4rker",
        "sslcrldir=/etc",
        "sslkey=/nonexistent/m4rker",
        "sslrootcert=/nonexistent/m4rker",
        "sslsni=0",
        "ssl_min_protocol_version=SSLv3",
        "ssl_max_protocol_version=1.3",
        "min_protocol_version=3.2",
        "max_protocol_version=4",
        "oauth_client_secret=m4rker",
        "scram_client_key=m4rker",
        "sslkeylogfile=/tmp/m4rker",
        "host=a_b.example,c%40d",
        "host=%40abstract",
        "host=a:5432",
        "hostaddr=localhost",
        "port=1,2",
        "options=" + "x" * 3000,
    ],
)
def test_a_value_that_is_misspelt_or_cannot_be_honoured_is_refused_by_name(parameter: str) -> None:
    name = parameter.partition("=")[0]

    assert name in problems(f"postgresql://u:{MARKER}@/db?{parameter}")["DATABASE_URL"]


@pytest.mark.parametrize(
    ("parameter", "nearest"),
    [
        ("ssl_mode", "sslmode"),
        ("target_session_attr", "target_session_attrs"),
        ("usr", "user"),
        ("SSLMODE", "sslmode"),
        ("ssl", "sslmode"),
    ],
)
def test_a_misspelt_parameter_is_reported_with_the_nearest_one(parameter: str, nearest: str) -> None:
    problem = problems(f"postgresql://u@h/db?{parameter}={MARKER}")["DATABASE_URL"]

    assert f"did you mean {nearest}?" in problem


def test_what_may_be_a_part_of_a_password_is_not_repeated_as_a_parameters_name() -> None:
    problem = problems(f"postgresql://h/db?user=u&password=secret&{MARKER}=1")["DATABASE_URL"]

    assert "libpq does not know" in problem


@pytest.mark.parametrize(
    "uri",
    [
        "",
        MARKER,
        "mysql://u:m4rker@h/db",
        "postgresql+asyncpg://u:m4rker@h/db",
        "postgresql:/u:m4rker@h/db",
        "host=h password=m4rker",
        "postgresql://u:m4rker@[::1/db",
        "postgresql://u:m4rker@[]/db",
        "postgresql://u:m4rker@[::1]x/db",
        "postgresql://u:m4rker@h%zz/db",
        "postgresql://u:%00m4rker@h/db",
        "postgresql://u:%ffm4rker@h/db",
        "postgresql://u:m4rker@h/db?sslmode",
        "postgresql://u:m4rker@h/db?sslmode=a=b",
        "postgresql://u:m4rker@h/db\n",
        "postgresql://u:m4rker@h/db#fragment",
        "postgresql://u:m4rker@-" + "x" * 64 + "/db",
        "postgresql://u:m4rker@a..b/db",
        "postgresql://u:m4rker@h/db?host=/" + "x" * 108,
        "postgresql://u:m4rker@h/" + "x" * 3000,
        "postgresql://u:m4rker@h:1/db?port=1,2",
        "postgresql://u:m4rker@h/db?hostaddr=192.0.2.1",
        "postgresql://u:m4rker@h/db?sslmode=require&sslrootcert=system",
        "postgresql://u:m4rker@h/db?sslnegotiation=direct",
        "postgresql://u:m4rker@h/db?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2",
    ],
)
def test_what_would_fail_later_is_refused_now(uri: str) -> None:
    assert "DATABASE_URL" in problems(uri)


def test_every_parameter_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(UnusableTargetError) as caught:
        resolve("postgresql://u@h:99999/db?sslmode=banana&connect_timeout=x", {"PGTARGETSESSIONATTRS": MARKER})

    told = [problem for _, problem in caught.value.problems]
    assert [variable for variable, _ in caught.value.problems].count("DATABASE_URL") == 3
    assert any("port" in problem for problem in told)
    assert ("PGTARGETSESSIONATTRS", "must be one of any, read-write, read-only, primary, standby, prefer-standby") in (
        caught.value.problems
    )


def test_a_bundle_of_authorities_is_read_before_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, empty = CertificateAuthority().write_to(tmp_path / "ca.pem"), tmp_path / "empty.pem"
    empty.touch()
    monkeypatch.setenv("HOME", str(tmp_path))

    assert resolve(f"postgresql://u@h/db?sslmode=verify-full&sslrootcert={bundle}", {}).tls == {
        "sslrootcert": str(bundle)
    }
    assert "sslrootcert" in problems(f"postgresql://u@h/db?sslmode=verify-ca&sslrootcert={empty}")["DATABASE_URL"]
    assert "sslrootcert" in problems("postgresql://u@h/db?sslmode=verify-full")["DATABASE_URL"]
    assert "sslcert" in problems(f"postgresql://u@h/db?sslcert={bundle}")["DATABASE_URL"]


def test_variables_of_libpq_count_where_the_uri_is_silent() -> None:
    environment = {
        "PGHOST": "h",
        "PGPORT": "6000",
        "PGUSER": "u",
        "PGPASSWORD": "p",
        "PGDATABASE": "d",
        "PGSSLMODE": "require",
    }

    target = resolve("postgresql://", environment)
    assert (target.hosts, target.user, target.password, target.database) == ([("h", 6000)], "u", "p", "d")
    assert target.sslmode == "require"
    assert resolve("postgresql://v@i:1/e?sslmode=disable", environment).hosts == [("i", 1)]


@pytest.mark.parametrize(
    ("uri", "environment", "sslmode"),
    [
        ("postgresql://u@h", {"PGREQUIRESSL": "1"}, "require"),
        ("postgresql://u@h", {"PGREQUIRESSL": "0"}, "prefer"),
        ("postgresql://u@h", {"PGREQUIRESSL": "1", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "system"}, "system"),
        ("postgresql://u@h?sslmode=disable", {"PGREQUIRESSL": "1"}, "disable"),
        (self_contained("postgresql://u@/?host=/run/x"), {"PGREQUIRESSL": "1"}, "prefer"),
    ],
)
def test_the_variable_from_before_pgsslmode_counts_where_neither_says_a_mode(
    uri: str, environment: Mapping[str, str], sslmode: str
) -> None:
    assert resolve(uri, environment).sslmode == sslmode


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PGPORT", "99999"),
        ("PGSSLMODE", "banana"),
        ("PGSERVICE", "registry"),
        ("PGCHANNELBINDING", "require"),
        ("PGUSER", "\udcff"),
    ],
)
def test_a_variable_of_libpq_that_is_wrong_is_named(variable: str, value: str) -> None:
    assert variable in problems("postgresql:///db", **{variable: value})


def test_a_self_contained_uri_hears_nothing_of_the_environment() -> None:
    uri = self_contained("postgresql://postgres:none@/postgres?host=/run/x&port=5432")
    nonsense = {parameter.variable: MARKER for parameter in PARAMETERS.values() if parameter.variable}

    assert resolve(uri, nonsense) == resolve(uri, {})
    assert resolve(uri, nonsense).hosts == [("/run/x", 5432)]


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("postgresql://u:hunter2@h:5432/db", "postgresql://u:********@h:5432/db"),
        ("postgresql://u@a,[::1]:2/db", "postgresql://u@a,[::1]:2/db"),
        ("postgresql://h/db?user=u&password=hunter2&sslmode=require", "postgresql://u:********@h/db?sslmode=require"),
        ("postgresql://u@h/db?sslpassword=hunter2", "postgresql://u@h/db?sslpassword=********"),
        ("postgresql://u@h/db?options=-c%20a.key%3Dhunter2", "postgresql://u@h/db?options=********"),
        ("postgresql://u:hunter2@/db?host=/run/x", "postgresql://u:********@%2Frun%2Fx/db"),
        ("postgresql://u:hunter2/3@h/db", None),
        ("mysql://u:hunter2@h/db", None),
    ],
)
def test_operators_see_the_host_the_user_and_the_database_but_no_secret(uri: str, expected: str | None) -> None:
    assert shown(uri, {}) == expected


def test_a_target_shows_no_secret() -> None:
    assert isinstance(resolve("postgresql://u:hunter2@h/db", {}), Target)
    assert "hunter2" not in repr(resolve("postgresql://u:hunter2@h/db?sslpassword=hunter2&options=hunter2", {}))
