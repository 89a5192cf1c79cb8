"""``provider-registry webhooks``: who is told of what the log gets."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, TypeVar

import typer

from application.use_cases.webhooks import ManageWebhooks, NewSecret
from domain.log.entries import EventType
from domain.names import ProviderName
from domain.webhooks.delivery import Reply
from domain.webhooks.receivers import Receiver, ReceiverUrl, Subscription
from entrypoints.bootstrap.webhooks import open_operator_webhooks
from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.cli.numbers import finite
from entrypoints.cli.operations import AsJson, database_settings, require_database
from entrypoints.cli.output import echo, show_fields, show_json, show_outcome, show_table, written
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import WebhookSettings, WheelSettings

T = TypeVar("T")
_TYPES = {each.value.removeprefix("org.provider-registry."): each for each in EventType}
_DAY_HOURS = 24.0

app = typer.Typer(
    help="Add receivers of webhooks, and look into what became of deliveries.",
    epilog="Needs the database, and REGISTRY_WEBHOOK_KEY_FILE.",
    no_args_is_help=True,
)

_Name = Annotated[str, typer.Argument(help="The receiver, by the name that it was given.", metavar="NAME")]


@app.command(
    epilog="Example: provider-registry webhooks add ci https://ci.example.com/hooks --type version.published.v1"
)
def add(
    name: Annotated[str, typer.Argument(help="What to call the receiver.", metavar="NAME")],
    url: Annotated[str, typer.Argument(help="Where it is: an https:// URL.", metavar="URL")],
    *,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help=f"Only events of this type; may be repeated: {', '.join(_TYPES)}."),
    ] = None,
    provider: Annotated[str | None, typer.Option(help="Only events of this provider, as prefix/name.")] = None,
    start: Annotated[
        int | None, typer.Option("--from", min=0, help="The log's index to begin with; what comes next by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a receiver, and show its secret, this once."""
    with exit_on_error(as_json=as_json):
        subscription = Subscription(
            url=ReceiverUrl.parse(url),
            types=[_type(each) for each in types or ()],
            provider=None if provider is None else ProviderName.parse(provider),
        )
    added = _operate(lambda webhooks: webhooks.add(name, subscription, start=start), as_json=as_json)
    _show_secret(added, f"Receiver {name} gets what the log gets from index {_cursor(added.receiver)} on.", as_json)


@app.command("list", epilog="Example: provider-registry webhooks list ci")
def list_receivers(
    name: Annotated[str | None, typer.Argument(help="One receiver, with its last attempts.", metavar="NAME")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the receivers, or show one with its last attempts."""
    if name is not None:
        _show(_operate(lambda webhooks: webhooks.find(name), as_json=as_json), as_json=as_json)
        return
    found = _operate(lambda webhooks: webhooks.list(), as_json=as_json)
    if as_json:
        show_json([_shown(receiver) for receiver in found])
        return
    rows = [
        (
            receiver.name,
            receiver.subscription.url.text,
            _state(receiver),
            str(_cursor(receiver)),
            str(receiver.progress.failures),
            _last(receiver),
        )
        for receiver in found
    ]
    show_table(("name", "url", "state", "next index", "failures", "last attempt"), rows)


@app.command("test", epilog="Example: provider-registry webhooks test ci")
def send_test(name: _Name, *, as_json: AsJson = False) -> None:
    """Send a receiver an event that is no part of the log. Exits with 1 if it is not accepted."""
    answer = _operate(lambda webhooks: webhooks.test(name), as_json=as_json)
    is_accepted = answer.reply is Reply.ACCEPTED
    if as_json:
        show_json({"name": name, "accepted": is_accepted, "result": answer.result})
    else:
        what = "accepts events" if is_accepted else "did not accept the event"
        show_outcome(f"Receiver {name} {what} ({answer.result}).", good=is_accepted)
    raise typer.Exit(0 if is_accepted else 1)


@app.command(epilog="Example: provider-registry webhooks rotate ci --overlap-hours 48")
def rotate(
    name: _Name,
    *,
    hours: Annotated[
        float,
        typer.Option(
            "--overlap-hours", min=0, max=8760, callback=finite, help="How long the secret before signs as well."
        ),
    ] = _DAY_HOURS,
    as_json: AsJson = False,
) -> None:
    """Give a receiver another secret, and show it, this once. The one before signs as well for a while."""
    rotated = _operate(lambda webhooks: webhooks.rotate(name, overlap=timedelta(hours=hours)), as_json=as_json)
    _show_secret(
        rotated, f"Receiver {name} has another secret; the one before signs as well for {hours:g} hours.", as_json
    )


@app.command(epilog="Example: provider-registry webhooks disable ci")
def disable(
    name: _Name,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the receiver, and its secrets, for good.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a receiver nothing more. It keeps its place in the log; ``replay`` goes on from there."""
    if not remove:
        _changed(_operate(lambda webhooks: webhooks.disable(name), as_json=as_json), "gets nothing more", as_json)
        return
    _operate(lambda webhooks: webhooks.remove(name), as_json=as_json)
    if as_json:
        show_json({"name": name, "outcome": "removed"})
    else:
        show_outcome(f"Receiver {name} is removed.", good=True)


@app.command(epilog="Example: provider-registry webhooks replay ci --from 1200")
def replay(
    name: _Name,
    *,
    start: Annotated[
        int | None, typer.Option("--from", min=0, help="The log's index to begin with; where it is by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send to a receiver at once, from where it is or from an index on, even if it was disabled.

    Events that it had already are sent again, with the same ids.
    """
    replayed = _operate(lambda webhooks: webhooks.replay(name, start=start), as_json=as_json)
    _changed(replayed, f"gets what the log has from index {_cursor(replayed)} on", as_json)


@app.command(epilog="Example: provider-registry webhooks skip ci 1204")
def skip(
    name: _Name,
    index: Annotated[int, typer.Argument(min=0, help="The log's index of the event, as `list NAME` shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Pass over the event that a receiver gets next, and always refuses; send at once what follows."""
    skipped = _operate(lambda webhooks: webhooks.skip(name, index), as_json=as_json)
    _changed(skipped, f"does not get event {index}, and goes on after it", as_json)


def _operate(work: Callable[[ManageWebhooks], Awaitable[T]], *, as_json: bool) -> T:
    database = database_settings(as_json=as_json)
    wheel = load_or_exit(partial(load_group, WheelSettings), as_json=as_json)
    settings = load_or_exit(partial(load_group, WebhookSettings), as_json=as_json)

    async def run() -> T:
        async with open_operator_webhooks(database, wheel, settings) as webhooks:
            return await work(webhooks)

    with exit_on_error(as_json=as_json):
        if settings.key_file is None:
            raise SettingsError(["REGISTRY_WEBHOOK_KEY_FILE: is required; make one with: openssl rand -base64 32"])
        require_database(database)
        return asyncio.run(run())


def _type(written: str) -> EventType:
    found = _TYPES.get(written) or next((each for each in EventType if each == written), None)
    if found is None:
        raise typer.BadParameter(f"there is no such type; choose of {', '.join(_TYPES)}", param_hint="--type")
    return found


def _show_secret(made: NewSecret, text: str, as_json: bool) -> None:
    if as_json:
        show_json({**_shown(made.receiver), "secret": made.secret})
        return
    show_outcome(text, good=True)
    echo(f"Its secret, which is not shown again: {made.secret}")


def _changed(receiver: Receiver, what: str, as_json: bool) -> None:
    if as_json:
        show_json(_shown(receiver))
    else:
        show_outcome(f"Receiver {receiver.name} {what}.", good=True)


def _show(receiver: Receiver, *, as_json: bool) -> None:
    if as_json:
        show_json(_shown(receiver))
        return
    shown = _shown(receiver)
    types, attempts = shown.pop("types"), shown.pop("attempts")
    show_fields({**shown, "types": ", ".join(types) or "all"})
    typer.echo("")
    rows = [
        (written(each.at), str(each.index), each.event_id, "yes" if each.is_accepted else "no", each.result)
        for each in receiver.progress.attempts
    ]
    if attempts:
        show_table(("at", "index", "event", "accepted", "answer"), rows)


def _shown(receiver: Receiver) -> dict[str, Any]:
    wanted, progress = receiver.subscription, receiver.progress
    return {
        "name": receiver.name,
        "url": wanted.url.text,
        "types": [each.value for each in wanted.types],
        "provider": wanted.provider and wanted.provider.canonical,
        "state": _state(receiver),
        "next_index": progress.cursor,
        "failures": progress.failures,
        "previous_secret_until": receiver.secrets.previous_until,
        "attempts": progress.attempts,
    }


def _state(receiver: Receiver) -> str:
    stop = receiver.progress.stop
    return "active" if stop is None else f"disabled ({stop.value})"


def _cursor(receiver: Receiver) -> int:
    return receiver.progress.cursor


def _last(receiver: Receiver) -> str:
    last = receiver.progress.attempts[-1:]
    return "".join(f"{written(each.at)} {each.result}" for each in last)
