"""Reading settings from the environment, with all problems at once."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from entrypoints import validation
from entrypoints.settings import Settings, variable_of
from entrypoints.values import InvalidSettingError, decode

G = TypeVar("G", bound=msgspec.Struct)


class SettingsError(Exception):
    """Some variables are missing or wrong; the message names all of them.

    Attributes:
        problems: One sentence for each, which begins with the variable and a colon.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(["The settings are not usable:", *(f"  {problem}" for problem in problems)]))


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings.

    Raises:
        SettingsError: Any variable is missing or wrong.
    """
    problems: list[str] = []
    groups: dict[str, Any] = {}
    for name, hint in get_type_hints(Settings).items():
        group = next((option for option in get_args(hint) if option is not type(None)), hint)
        optional = group is not hint
        groups[name] = None if optional and _is_unset(group, environment) else _read(group, environment, problems)
    problems += _problems_between_groups(groups)
    _require_none(problems)
    return Settings(**groups)


def load_group(group: type[G], environment: Mapping[str, str]) -> G:
    """Read one group alone, for commands that need no more.

    Raises:
        SettingsError: Any of its variables is missing or wrong.
    """
    problems: list[str] = []
    settings = _read(group, environment, problems)
    _require_none(problems)
    if settings is None:
        raise AssertionError("a group that cannot be read has problems")
    return settings


def _read(group: type[G], environment: Mapping[str, str], problems: list[str]) -> G | None:
    hints = get_type_hints(group, include_extras=True)
    found: dict[str, Any] = {}
    before = len(problems)
    for field in msgspec.structs.fields(group):
        variable = variable_of(group, field.name)
        text = environment.get(variable, "").strip()
        if text:
            try:
                found[field.name] = decode(text, hints[field.name])
            except InvalidSettingError as error:
                problems.append(f"{variable}: {error}")
        elif field.required:
            problems.append(f"{variable}: is required")
    for variable, problem in validation.validate(group, found, environment):
        problems.append(f"{variable}: {problem}")
    return group(**found) if len(problems) == before else None


def _problems_between_groups(groups: Mapping[str, Any]) -> list[str]:
    problems = []
    console, customer, tracing, mirror = (groups[name] for name in ("console", "customer", "tracing", "mirror"))
    if console is not None and customer is not None and console.clerk_issuer == customer.clerk_issuer:
        problems.append(
            "REGISTRY_CUSTOMER_CLERK_ISSUER: must differ from the Console realm's; the realms are two instances"
        )
    if tracing is not None and tracing.endpoint and not validation.can_trace():
        problems.append("REGISTRY_TRACING_ENDPOINT: needs an extra; pip install 'provider-registry[tracing]'")
    problems += validation.mirror_problems(mirror)
    problems += validation.provenance_problems(groups["provenance"])
    return problems


def _is_unset(group: type[msgspec.Struct], environment: Mapping[str, str]) -> bool:
    return not any(environment.get(variable_of(group, name), "").strip() for name in group.__struct_fields__)


def _require_none(problems: list[str]) -> None:
    if problems:
        raise SettingsError(problems)
