"""Settings as they may be shown: where each comes from, and no secrets."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec

from entrypoints.database_urls import url_without_secrets
from entrypoints.environment import SettingsError, load_settings
from entrypoints.secret import Secret
from entrypoints.settings import Settings, variable_of

MASK = "********"
_DATABASE = "DATABASE_URL"


class SettingView(msgspec.Struct, frozen=True, kw_only=True):
    """One setting.

    Attributes:
        value: As it is written in the environment, or the default; masked if it is or holds a secret, or is not
            usable, as it may be a secret that belongs elsewhere. None if there is neither.
        source: ``environment``, ``default``, or ``unset`` where there is no default either.
    """

    variable: str
    value: str | None
    source: str


def settings_view(environment: Mapping[str, str]) -> Iterator[SettingView]:
    """Show all settings of the server, usable or not, in the order of their groups."""
    unusable = _unusable(environment)
    for hint in get_type_hints(Settings).values():
        group = next((option for option in get_args(hint) if option is not type(None)), hint)
        hints = get_type_hints(group)
        for field in msgspec.structs.fields(group):
            variable = variable_of(group, field.name)
            written = environment.get(variable, "").strip()
            if written:
                hides = variable in unusable or _is_secret(hints[field.name]) or "@" in written
                value = _database(written, environment) if variable == _DATABASE else MASK if hides else written
                yield SettingView(variable=variable, value=value, source="environment")
            else:
                yield _default(variable, field)


def _unusable(environment: Mapping[str, str]) -> frozenset[str]:
    try:
        load_settings(environment)
    except SettingsError as error:
        return frozenset(problem.partition(":")[0] for problem in error.problems)
    return frozenset()


def _is_secret(hint: Any) -> bool:  # noqa: ANN401 -- a type hint may be any object
    return hint is Secret or Secret in get_args(hint)


def _database(url: str, environment: Mapping[str, str]) -> str:
    return url_without_secrets(url, environment) or MASK


def _default(variable: str, field: msgspec.structs.FieldInfo) -> SettingView:
    if field.default in {msgspec.NODEFAULT, None} or field.default == ():
        return SettingView(variable=variable, value=None, source="unset")
    return SettingView(variable=variable, value=_spelled(field.default), source="default")


def _spelled(default: object) -> str:
    """Spell a default as the environment would."""
    return str(default).lower() if isinstance(default, bool) else str(default)
