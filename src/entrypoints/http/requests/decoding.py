"""Turning decoded JSON into wire structs, collecting every bad field instead of stopping at the first."""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from entrypoints.http.requests.invalid_requests import MAX_FIELD_ERRORS, FieldError, InvalidRequestError

S = TypeVar("S", bound=msgspec.Struct)
_Location = tuple[str | int, ...]
MAX_KEY_LENGTH = 100
"""How much of a member's name an error repeats."""
_TYPES = re.compile(r"`([A-Za-z |]+)`")
_WORDS = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "a boolean",
    "array": "an array",
    "object": "an object",
}


def decode_fields(value: object, struct: type[S]) -> tuple[S, list[FieldError]]:
    """Return the struct that a JSON object spells, and what is wrong with its fields; a bad or missing one is None.

    A caller that goes on with the good fields finds more that is wrong, so that all of it can be reported at once.

    Raises:
        InvalidRequestError: It is no JSON object.
    """
    errors: list[FieldError] = []
    with suppress(msgspec.ValidationError):
        return msgspec.convert(value, struct), errors  # which stops at the first bad field, and most have none
    found = _fields(value, struct, ("body",), errors)
    if found is None:
        raise InvalidRequestError(errors)
    return struct(**found), errors


def decode_struct(value: object, struct: type[S]) -> S:
    """Return the struct that a JSON value spells.

    Raises:
        InvalidRequestError: It does not; ``errors`` has every bad field.
    """
    decoded, errors = decode_fields(value, struct)
    if errors:
        raise InvalidRequestError(errors)
    return decoded


def _fields(
    value: object, struct: type[msgspec.Struct], loc: _Location, errors: list[FieldError]
) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        errors.append(FieldError(loc, "must be a JSON object", "object_type"))
        return None
    hints = _hints(struct)
    found: dict[str, Any] = {}
    for field in _declared(struct):
        if field.encode_name in value:
            before = len(errors)
            decoded = _value(value[field.encode_name], hints[field.name], (*loc, field.encode_name), errors)
            found[field.name] = decoded if len(errors) == before else None
        elif field.required:
            found[field.name] = None
            errors.append(FieldError((*loc, field.encode_name), "is required", "missing"))
    return found


def _struct(value: object, struct: type[S], loc: _Location, errors: list[FieldError]) -> S | None:
    before = len(errors)
    found = _fields(value, struct, loc, errors)
    return struct(**found) if found is not None and len(errors) == before else None


def _value(value: object, hint: Any, loc: _Location, errors: list[FieldError]) -> object:  # noqa: ANN401 -- a type hint may be any object
    inner = _without_null(hint)
    if value is not None and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        return _struct(value, inner, loc, errors)
    members = _struct_members(inner)
    if members is not None and isinstance(value, Mapping):
        return _members(value, members, loc, errors)
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        errors.append(FieldError((*loc, *_steps(path)), _worded(message), "invalid"))
        return None


def _members(
    value: Mapping[str, object], struct: type[S], loc: _Location, errors: list[FieldError]
) -> dict[str, S | None]:
    decoded = {}
    for key, member in value.items():
        decoded[key] = _struct(member, struct, (*loc, key[:MAX_KEY_LENGTH]), errors)
        if len(errors) > MAX_FIELD_ERRORS:
            break
    return decoded


@cache
def _declared(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(struct)


@cache
def _hints(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    return get_type_hints(struct, include_extras=True)


@cache
def _without_null(hint: Any) -> Any:  # noqa: ANN401 -- likewise
    """Return the type in ``Annotated[T, …] | None``."""
    if get_origin(hint) in {Union, UnionType}:
        hint = next(option for option in get_args(hint) if option is not type(None))
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


@cache
def _struct_members(hint: Any) -> type[msgspec.Struct] | None:  # noqa: ANN401 -- likewise
    """Return the struct in ``dict[str, Struct]``."""
    arguments = get_args(hint)
    if get_origin(hint) is dict and isinstance(arguments[1], type) and issubclass(arguments[1], msgspec.Struct):
        return arguments[1]
    return None


def _worded(message: str) -> str:
    """Say in JSON's words what msgspec says in Python's, such as ``Expected `str | null`, got `int` ``."""
    worded = _TYPES.sub(lambda types: " or ".join(_WORDS.get(each, each) for each in types[1].split(" | ")), message)
    return worded[:1].lower() + worded[1:]


def _steps(path: str) -> _Location:
    """Return the list indexes in msgspec's path, such as `` `$[3]` ``."""
    return tuple(int(step) for step in path.strip("`$[]").split("][") if step.isdigit())
