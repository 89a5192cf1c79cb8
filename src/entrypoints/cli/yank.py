"""``provider-registry yank``: taking a bad release back from a pipeline."""

from typing import Annotated

import typer

from entrypoints.cli.yank_output import AsJson, Provider, RegistryUrl, Version, change
from entrypoints.client.yanking import yank as yank_version

app = typer.Typer()


@app.command(epilog="Example: provider-registry yank platform/gcp 1.4.0 --reason 'deletes buckets'")
def yank(
    provider: Provider,
    version: Version,
    *,
    reason: Annotated[str, typer.Option(help="Why; shown to everyone who reads the version.")],
    registry_url: RegistryUrl = None,
    as_json: AsJson = False,
) -> None:
    """Take a version out of 'latest', over HTTP. It stays for those who pinned it.

    Safe to repeat: the first reason stays. Exits with 0 if the version is yanked now, 1 if the registry refuses, 2 if
    something here is wrong, 4 if a service cannot be reached. Takes its token as 'register' does.
    """
    change(
        provider,
        version,
        lambda target, settings, note: yank_version(target, reason, settings, note),
        registry_url=registry_url,
        as_json=as_json,
    )
