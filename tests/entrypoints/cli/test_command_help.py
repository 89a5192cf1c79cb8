"""Every command explains itself."""

import shlex

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from entrypoints.cli.lazy import LazyCommand
from entrypoints.cli.main import app

PROGRAM = "provider-registry"


def commands(group: object, *path: str) -> dict[str, TyperCommand]:
    assert isinstance(group, TyperGroup)
    found: dict[str, TyperCommand] = {}
    for name, listed in group.commands.items():
        command = listed.load() if isinstance(listed, LazyCommand) else listed
        if isinstance(command, TyperGroup):
            found |= commands(command, *path, name)
        elif isinstance(command, TyperCommand):
            found[" ".join((*path, name))] = command
    return found


GROUP = typer.main.get_command(app)
LISTED = {name: each for name, each in getattr(GROUP, "commands", {}).items() if isinstance(each, LazyCommand)}
COMMANDS = commands(GROUP)
ASKING = {name for name in COMMANDS if name not in {"serve", "dev", "work"}}


def test_all_commands_are_found() -> None:
    assert len(COMMANDS) > 15


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_an_example_that_can_be_run(name: str) -> None:
    command = COMMANDS[name]
    assert command.epilog is not None
    written = command.epilog.removeprefix("Example: ").partition("<")[0]

    program, *words = shlex.split(written)

    path = name.split()
    assert [program, *words[: len(path)]] == [PROGRAM, *path]
    command.make_context(name, words[len(path) :]).close()


@pytest.mark.parametrize("name", sorted(ASKING))
def test_what_prints_data_prints_it_for_programs_too(name: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[name].params for option in parameter.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_the_command_does(name: str) -> None:
    assert (COMMANDS[name].help or "").strip().endswith(".")


@pytest.mark.parametrize("name", LISTED)
def test_the_list_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    described = (LISTED[name].load().help or "").replace("\n", " ")

    assert described.startswith((LISTED[name].help or "absent").removesuffix("."))


MEASURES = [
    (name, option.opts[0])
    for name, command in COMMANDS.items()
    for option in command.params
    if option.type.name in {"float", "float range"}
]


def test_all_measures_are_found() -> None:
    assert {"register", "mirror verify", "webhooks rotate"} <= {name for name, _ in MEASURES}


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "NaN"])
@pytest.mark.parametrize(("name", "option"), MEASURES)
def test_no_measure_is_endless_or_no_number(name: str, option: str, value: str) -> None:
    example = (COMMANDS[name].epilog or "").partition(f"{PROGRAM} {name}")[2]
    with pytest.raises(typer.BadParameter):
        COMMANDS[name].make_context(name, [*shlex.split(example), f"{option}={value}"])
