"""Commands whose modules are imported when they run, so that ``--help`` is quick and each extra stays optional."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a command is, and its line in the list of commands.

    Attributes:
        remedy: What to do if what the module imports is not installed; None if it always is.
    """

    module: str
    help: str
    remedy: str | None = "pip install 'provider-registry[server]'"


_DEVELOPMENT = "pip install 'provider-registry[development]'"
_LOG = "pip install 'provider-registry[log]' to verify, 'provider-registry[server]' for the rest"

COMMANDS: Mapping[str, _Source] = {
    "check": _Source(
        "check", "Check a project before its release, offline, or resources in files before an upgrade.", None
    ),
    "compare": _Source("compare", "Compare a provider's schemas with those of a published version.", None),
    "database": _Source("database", "Upgrade and inspect the database schema."),
    "dev": _Source("dev", "Start a local registry with two local realms and a demo in it.", _DEVELOPMENT),
    "distributions": _Source("distributions", "Look into who owns distributions, and hand them over."),
    "log": _Source("log", "Make keys of the transparency log, open, inspect and verify it.", _LOG),
    "mirror": _Source("mirror", "Fill, verify and sweep the mirror."),
    "providers": _Source("providers", "Look into the catalog."),
    "publishers": _Source("publishers", "Look into who publishes a provider by its attestations, and decide it."),
    "register": _Source("register", "Register a provider's release.", None),
    "restore": _Source("restore", "Undo a yank, over HTTP.", None),
    "serve": _Source("serve", "Serve the registry over HTTP with the settings in the environment."),
    "settings": _Source("settings", "Check and show the settings in the environment.", None),
    "tasks": _Source("tasks", "Look into what is queued, and try it again."),
    "tokens": _Source("tokens", "Look into tokens."),
    "verify": _Source("verify", "Run the registry's checks on a wheel.", None),
    "versions": _Source("versions", "Look into versions, yank and verify them."),
    "webhooks": _Source("webhooks", "Add receivers of webhooks, and look into what became of deliveries."),
    "work": _Source("work", "Do what is queued, in a process of its own."),
    "yank": _Source("yank", "Take a version out of 'latest', over HTTP.", None),
}


class LazyCommand(TyperCommand):
    """Stands for a command until it runs."""

    def __init__(self, name: str, source: _Source) -> None:
        super().__init__(name, help=source.help)
        self._source = source

    def load(self) -> TyperCommand | TyperGroup:
        """Import the command.

        Raises:
            typer.BadParameter: A package that the command needs is not installed.
        """
        try:
            module = import_module(f"entrypoints.cli.{self._source.module}")
        except ModuleNotFoundError as error:
            if self._source.remedy is None:
                raise
            raise typer.BadParameter(
                f"this command needs {error.name}, which is not installed; {self._source.remedy}"
            ) from None
        command = typer.main.get_command(module.app)
        assert isinstance(command, TyperCommand | TyperGroup)  # noqa: S101 -- tells the type checker
        command.name = self.name
        return command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the context of the imported command, which runs in place of this one."""
        from entrypoints.cli.errors import exit_on_error  # noqa: PLC0415 -- not for --help

        with exit_on_error(as_json="--json" in args):  # an interruption may come while modules are imported
            command = self.load()
        return command.make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """The group of all commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, source in COMMANDS.items():
            self.add_command(LazyCommand(name, source))
