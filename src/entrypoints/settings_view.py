"""Settings as they may be shown: where each comes from, and no secrets."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec

from entrypoints.secrets import Secret
from entrypoints.settings import Settings, variable_of

MASK = "********"


class SettingView(msgspec.Struct, frozen=True, kw_only=True):
    """One setting.

    Attributes:
        value: As it is written in the environment, or the default; masked if it is or holds a secret. None if there
            is neither.
        source: ``environment``, ``default``, or ``unset`` where there is no default either.
    """

    variable: str
    value: str | None
    source: str


def settings_view(environment: Mapping[str, str]) -> Iterator[SettingView]:
    """Show all settings of the server, usable or not, in the order of their groups."""
    for hint in get_type_hints(Settings).values():
        group = next((option for option in get_args(hint) if option is not type(None)), hint)
        hints = get_type_hints(group)
        for field in msgspec.structs.fields(group):
            yield _view(variable_of(group, field.name), field, hints[field.name], environment)


def _view(
    variable: str,
    field: msgspec.structs.FieldInfo,
    hint: Any,  # noqa: ANN401 -- a type hint may be any object
    environment: Mapping[str, str],
) -> SettingView:
    written = environment.get(variable, "").strip()
    if written:
        secret = hint is Secret or Secret in get_args(hint) or "@" in written  # a URL's user does not belong here
        return SettingView(variable=variable, value=MASK if secret else written, source="environment")
    if field.default in {msgspec.NODEFAULT, None} or field.default == ():
        return SettingView(variable=variable, value=None, source="unset")
    return SettingView(variable=variable, value=_spelled(field.default), source="default")


def _spelled(default: object) -> str:
    """Spell a default as the environment would."""
    return str(default).lower() if isinstance(default, bool) else str(default)
