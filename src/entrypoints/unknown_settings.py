"""Variables that look like settings and are none."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import get_args, get_type_hints

import msgspec

from entrypoints.settings import ClientSettings, Settings, variable_of

_PREFIX = "REGISTRY_"


def unknown_variables(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each ``REGISTRY_…`` variable that nothing reads, with a sentence that names the nearest setting."""
    known = _known()
    for variable in sorted(environment):
        if variable.startswith(_PREFIX) and variable not in known:
            nearest = get_close_matches(variable, sorted(known), n=1, cutoff=0.8)
            yield (
                variable,
                f"is no setting; did you mean {nearest[0]}?" if nearest else "is no setting; nothing reads it",
            )


def _known() -> frozenset[str]:
    hints = (ClientSettings, *get_type_hints(Settings).values())
    groups = [next((option for option in get_args(hint) if option is not type(None)), hint) for hint in hints]
    return frozenset(variable_of(group, field.name) for group in groups for field in msgspec.structs.fields(group))
