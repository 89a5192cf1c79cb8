"""``provider-registry restore``: bringing back what was yanked."""

import typer

from entrypoints.cli.yank_output import AsJson, Provider, RegistryUrl, Version, change
from entrypoints.client.yanking import restore as restore_version

app = typer.Typer()


@app.command(epilog="Example: provider-registry restore platform/gcp 1.4.0")
def restore(provider: Provider, version: Version, *, registry_url: RegistryUrl = None, as_json: AsJson = False) -> None:
    """Undo a yank, over HTTP. Safe to repeat. Exits as 'yank', and takes its token as 'register' does."""
    change(provider, version, restore_version, registry_url=registry_url, as_json=as_json)
