"""Settings of nonsense are refused by name, and no part of a value that is refused or secret is ever shown."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import get_args, get_type_hints

import pytest

from entrypoints.environment import SettingsError, load_group, load_settings
from entrypoints.secret import Secret
from entrypoints.settings import ClientSettings, Settings, variable_of
from entrypoints.settings_view import settings_view
from tests.e2e.test_command_line import run
from tests.entrypoints.test_settings import GOOD

pytestmark = pytest.mark.hostile

MARKER = "m4rker"
NONSENSE = (
    "{}",
    "'{}'",
    '"{}"',
    '"{}',
    "{} {}",
    "{}\n{}",
    "\x1b[31m{}\x7f",
    "{}é😀",
    "\u202e{}\u200b",
    "\udcff{}",
    "[{}",
    "[::1]{}",
    "%{}",
    "{}%zz%00",
    "#{}",
    "/{}/x",
    "~{}/x",
    "../{}",
    "/" + "{}" * 20_000,
    "{},{};{}",
    "${{{}}}",
    "\\{}",
    "<{}>",
    "-1{}",
    "9" * 6_000 + "{}",
    "1e{}",
    "http://{}",
    "https://{}:99999",
    "https://{} x",
    "https://u:{}@h",
    "https://{}@[::1",
    "https://h/%zz{}",
    "https://h\\{}",
    "https://" + "{}" * 100 + ".example",
    "mch_{}!",
    "postgresql://u:{}#x@h/db",
    "postgresql://u:{}/x@h/db",
    "postgresql://u:{}?x@h/db",
    "postgresql://u:{}@x@h/db",
    "postgresql://u:{}@h:99999/db",
    "postgresql://u:{}@[::1/db",
    "postgresql://u:{}@h/db?sslmode={}",
    "postgresql://u:{}@h/db?{}=1",
    "postgresql://u:{}%@h/db",
)
SERVER = [
    (group, field)
    for hint in get_type_hints(Settings).values()
    for group in [next((option for option in get_args(hint) if option is not type(None)), hint)]
    for field in group.__struct_fields__
]
CLIENT = [(ClientSettings, field) for field in ClientSettings.__struct_fields__]
SECRETS = {
    variable_of(group, field)
    for group, field in SERVER + CLIENT
    if Secret in (get_type_hints(group)[field], *get_args(get_type_hints(group)[field]))
}
VARIABLES = [variable_of(group, field) for group, field in SERVER]


def refusals(load: Callable[[Mapping[str, str]], object], environment: Mapping[str, str]) -> str:
    """Return what is wrong with an environment; nothing if it is accepted."""
    try:
        load(environment)
    except SettingsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("variable", VARIABLES)
def test_no_value_that_is_refused_or_secret_is_shown(variable: str) -> None:
    for nonsense in NONSENSE:
        text = nonsense.replace("{}", MARKER)
        refused = refusals(load_settings, {**GOOD, variable: text})
        shown = {view.variable: view.value for view in settings_view({**GOOD, variable: text})}

        assert MARKER not in refused + str({name: value for name, value in shown.items() if name != variable})
        if f"{variable}: " in refused or variable in SECRETS:
            assert MARKER not in str(shown[variable]), nonsense


@pytest.mark.parametrize("field", ClientSettings.__struct_fields__)
def test_no_value_of_the_client_that_is_refused_is_shown(field: str) -> None:
    variable = variable_of(ClientSettings, field)
    for nonsense in NONSENSE:
        environment = {"REGISTRY_URL": "https://h", variable: nonsense.replace("{}", MARKER)}
        refused = refusals(partial(load_group, ClientSettings), environment)

        assert MARKER not in refused
        assert not refused or f"{variable}: " in refused


@pytest.mark.parametrize("text", [nonsense for nonsense in NONSENSE if nonsense.startswith("postgresql://")])
def test_a_database_url_that_cannot_be_used_is_refused(text: str) -> None:
    assert "DATABASE_URL: " in refusals(load_settings, {**GOOD, "DATABASE_URL": text.replace("{}", MARKER)})


@pytest.mark.parametrize("nonsense", ["'{}'", "\udcff{}é"])
def test_every_command_names_all_nonsense_at_once_without_a_traceback(nonsense: str) -> None:
    given = dict.fromkeys(VARIABLES, nonsense.replace("{}", MARKER))

    checked, served = run("settings", "check", "--json", **given), run("serve", **given)
    shown, looked = run("settings", "show", **given), run("database", "check", **given)

    assert [each.returncode for each in (checked, shown, looked, served)] == [1, 0, 2, 2]
    told = {problem["variable"] for problem in json.loads(checked.stdout)["problems"]}
    assert told == set(VARIABLES)
    assert all(f"{variable}: " in served.stderr for variable in told)
    for ended in (checked, shown, looked, served):
        assert MARKER not in ended.stdout + ended.stderr
        assert "Traceback" not in ended.stdout + ended.stderr
