"""``provider-registry log``: the transparency log, for its operators and for those who verify it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from domain.log.notes import InvalidKeyError
from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.cli.errors import exit_on_error, load_or_exit
from entrypoints.cli.output import echo, show_fields, show_json, show_outcome
from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.client.errors import ClientError, UnusableError
from entrypoints.client.log_audit import LogAudit, Publication, parse_keys, save_checkpoint, state_path
from entrypoints.client.retrying_client import RetryingClient, new_http_client
from entrypoints.environment import SettingsError, load_group
from entrypoints.log_keys import ed25519_verifier, make_key_file, read_signing_keys
from entrypoints.settings import DatabaseSettings, TransparencyLogSettings, TrustSettings

if TYPE_CHECKING:
    from entrypoints.use_cases import OperatorLogUseCases

T = TypeVar("T")
_EVENTS_A_LINE = 10_000
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
app = typer.Typer(help="Make keys of the transparency log, open, inspect and verify it.", no_args_is_help=True)


@app.command(epilog="Example: provider-registry log keygen registry.example.com/log --out log.key")
def keygen(
    origin: Annotated[str, typer.Argument(help="The log's URL without scheme, for ever.", metavar="ORIGIN")],
    *,
    out: Annotated[Path, typer.Option(help="The file to make. It must not exist.")] = Path("log.key"),
    as_json: AsJson = False,
) -> None:
    """Make a signing key in a file, and print the verifier key, which clients need and may know.

    A second key in the same file signs too, as while one key takes the place of another.
    """
    with exit_on_error(as_json=as_json):
        try:
            key = make_key_file(out, origin)
        except InvalidKeyError as error:
            raise SettingsError([f"ORIGIN: {error}"]) from None
        verifier = str(key.verifier)
        if as_json:
            show_json({"verifier": verifier})
        else:
            echo(verifier)


@app.command(epilog="Example: provider-registry log init")
def init(*, as_json: AsJson = False) -> None:
    """Open the log under the origin of REGISTRY_LOG_SIGNING_KEY_FILE, and append all that was registered before.

    Run it as the owner of the tables, once every replica runs this release. It can be interrupted and run again.
    """

    async def run(log: "OperatorLogUseCases", settings: TransparencyLogSettings) -> tuple[int, int]:
        if log.append is None or settings.signing_key_file is None:
            raise SettingsError(["REGISTRY_LOG_SIGNING_KEY_FILE: is required"])
        await log.open.execute(read_signing_keys(settings.signing_key_file)[0].name, _progress("found"))
        before = await log.describe.execute()
        appended = await log.append.execute(_progress("appended", of=before.pending if before else 0))
        after = await log.describe.execute()
        return appended, after.pending if after else 0

    appended, pending = _operate(run, as_json=as_json)
    if as_json:
        show_json({"appended": appended, "pending": pending})
    else:
        rest = f"; {pending} are pending, as another process appends, or is just ending" if pending else ""
        show_outcome(f"The log is open; {appended} entries were appended{rest}.", good=True)


@app.command(epilog="Example: provider-registry log status")
def status(*, as_json: AsJson = False) -> None:
    """Show where the log stands: its size, and what is pending. Exits with 1 if it was never opened."""

    async def run(log: "OperatorLogUseCases", _: TransparencyLogSettings) -> dict[str, object] | None:
        state = await log.describe.execute()
        if state is None:
            return None
        pending = {"pending": state.pending, "pending_since": state.pending_since}
        return {"origin": state.origin, "size": state.size, **pending}

    found = _operate(run, as_json=as_json)
    if as_json:
        show_json(found)
    elif found is None:
        show_outcome("The log was never opened; run `provider-registry log init`.", good=False)
    else:
        show_fields(found)
    raise typer.Exit(1 if found is None else 0)


@app.command(
    epilog="Example: provider-registry log verify https://registry.example.com --key registry.example.com/log+…"
)
def verify(
    url: Annotated[str, typer.Argument(help="Where the registry is.", metavar="URL")],
    *,
    key: Annotated[list[str], typer.Option(help="A verifier key of the log, from elsewhere than the registry.")],
    version: Annotated[
        str | None, typer.Option(help="A version that must be in the log.", metavar="NAME@VERSION")
    ] = None,
    wheel: Annotated[Path | None, typer.Option(help="The wheel at hand, which must be that version's.")] = None,
    state: Annotated[Path | None, typer.Option(help="Where the last checkpoint is kept.")] = None,
    every_entry: Annotated[bool, typer.Option("--every-entry", help="Read the whole log.")] = False,
    ca_bundle: Annotated[Path | None, typer.Option(help="Further certificate authorities.")] = None,
    as_json: AsJson = False,
) -> None:
    """Verify that the log only grew since the last time, and that it has a version and its wheel.

    Needs nothing but HTTP and the key. Exits with 0 if all is well, 1 if not, 2 if something here is wrong, 4 if the
    registry cannot be reached.
    """
    screen = ReleaseOutput(as_json=as_json)
    with exit_on_error(as_json=as_json):
        load_group(TrustSettings, os.environ)
        try:
            wanted = _publication(version, wheel)
            keys = parse_keys(key)
            with new_http_client(ca_bundle) as http:
                audit = LogAudit(RetryingClient(http, screen.note), url, keys, ed25519_verifier())
                result = _audit(audit, state or state_path(keys), wanted, every_entry=every_entry)
        except ClientError as error:
            screen.failed(error)
            raise typer.Exit(error.exit_status) from None
    if as_json:
        show_json({"outcome": "verified", **result})
    else:
        for line in _sentences(result):
            show_outcome(line, good=True)


def _progress(done: str, *, of: int | None = None) -> Callable[[int], None]:
    """Return what tells of progress on standard error, a line for so many events: what is printed is the result."""
    events = shown = 0

    def show(count: int) -> None:
        nonlocal events, shown
        events += count
        if events - shown >= _EVENTS_A_LINE:
            shown = events
            echo(f"{events:,}{'' if of is None else f' of {of:,}'} events {done}", err=True)

    return show


def _audit(audit: LogAudit, path: Path, wanted: Publication | None, *, every_entry: bool) -> dict[str, object]:
    kept = audit.read_kept(path)
    note, checkpoint = audit.read_checkpoint()
    result: dict[str, object] = {"origin": checkpoint.origin, "size": checkpoint.size, "kept": kept and kept.size}
    if kept is not None:
        audit.verify_growth(kept, checkpoint)
    if wanted is not None:
        proof = audit.verify_publication(wanted, checkpoint)
        result |= {"version": f"{wanted.name}@{wanted.version}", "index": proof.index}
        result["wheel"] = None if wanted.wheel is None else wanted.wheel.name
    if every_entry:
        result["entries"] = audit.verify_entries(checkpoint)
    save_checkpoint(path, note)
    return result


def _sentences(result: dict[str, object]) -> list[str]:
    size, kept = result["size"], result["kept"]
    if kept is None:
        lines = [f"{result['origin']} has {size} entries, and a checkpoint that its key signed; it is kept from now on"]
    else:
        lines = [f"{result['origin']} has {size} entries, and begins with the {kept} that were verified before"]
    if "version" in result:
        lines.append(f"{result['version']} is entry {result['index']}")
    if result.get("wheel"):
        lines.append(f"{result['wheel']} is the wheel that was published")
    if "entries" in result:
        lines.append("every entry was read, and the checkpoint is over these")
    return lines


def _publication(version: str | None, wheel: Path | None) -> Publication | None:
    if version is None:
        if wheel is not None:
            raise UnusableError("--wheel: say which version it is of: --version NAME@VERSION")
        return None
    name, at, number = version.partition("@")
    if not at:
        raise UnusableError("--version: write it as platform/gcp@1.4.0")
    return Publication(name=ProviderName.parse(name), version=SemVer.parse(number), wheel=wheel)


def _operate(work: Callable[["OperatorLogUseCases", TransparencyLogSettings], Awaitable[T]], *, as_json: bool) -> T:
    """Return the result of work on the log of the database, or exit with its error."""
    from entrypoints.bootstrap.transparency_log import open_operator_log  # noqa: PLC0415 -- verifying needs no server
    from entrypoints.cli.operations import require_database  # noqa: PLC0415

    database = load_or_exit(partial(load_group, DatabaseSettings), as_json=as_json)
    settings = load_or_exit(partial(load_group, TransparencyLogSettings), as_json=as_json)

    async def run() -> T:
        async with open_operator_log(database, settings) as log:
            return await work(log, settings)

    with exit_on_error(as_json=as_json):
        require_database(database)
        return asyncio.run(run())
