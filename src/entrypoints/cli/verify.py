"""``provider-registry verify``: the registry's checks on a wheel, without a registry."""

import asyncio
import errno
import os
from pathlib import Path
from typing import Annotated

import typer

from application.use_cases.verify_wheel import WheelClaims
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl
from entrypoints.attestation_verification import attestation_verifier
from entrypoints.cli.errors import exit_on_error
from entrypoints.cli.output import show_json, show_outcome, show_verdicts
from entrypoints.client.attestations import read_attestations
from entrypoints.client.local_wheel import Provenance, WheelOutcome, examine, on_disk
from entrypoints.environment import SettingsError, load_group
from entrypoints.settings import ProvenanceSettings, TrustSettings, WheelSettings
from entrypoints.wheel_verification import open_wheel_verification

app = typer.Typer()


@app.command(epilog="Example: provider-registry verify dist/gcp_provider-1.4.0-py3-none-any.whl --version 1.4.0")
def verify(
    wheel: Annotated[str, typer.Argument(help="A wheel on disk, or its https:// URL.", metavar="PATH-OR-URL")],
    *,
    name: Annotated[str | None, typer.Option(help="The distribution that it must be of.")] = None,
    version: Annotated[str | None, typer.Option(help="The SemVer version that it would be registered as.")] = None,
    sha256: Annotated[str | None, typer.Option(help="The digest that would be announced.")] = None,
    package: Annotated[str | None, typer.Option(help="The package that must be importable.")] = None,
    provenance: Annotated[
        Path | None, typer.Option(help="Its attestations: a provenance object of PEP 740, or one attestation.")
    ] = None,
    repository: Annotated[str | None, typer.Option(help="URL of the repository that must have built it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Run the registry's checks on a wheel. Exits with 0 if all pass, with 1 if one does not.

    With --provenance and --repository, whether a workflow of that repository built it, too: offline, by the trusted
    roots in REGISTRY_SIGSTORE_TRUSTED_ROOTS or the built-in ones.

    A URL is fetched as the registry would fetch it for a first-party provider; the REGISTRY_WHEEL_… settings count.
    """
    with exit_on_error(as_json=as_json):
        settings = load_group(WheelSettings, os.environ)
        load_group(TrustSettings, os.environ)
        url = WheelUrl.parse(wheel) if "://" in wheel else None
        path = Path(wheel)
        if url is None and not path.is_file():
            raise FileNotFoundError(errno.ENOENT, "there is no such file; give a path or an https:// URL", wheel)
        claims = WheelClaims(
            filename=WheelFilename.parse(path.name) if url is None else url.filename,
            distribution=name,
            version=SemVer.parse(version).pep440 if version else None,
            sha256=Sha256Digest(sha256) if sha256 else _fragment_digest(url),
            package_name=package,
        )
        built = _provenance(provenance, repository)
        outcome = asyncio.run(examine(open_wheel_verification(settings), url or on_disk(path), claims, built))
    _show(wheel, outcome, as_json=as_json)
    raise typer.Exit(0 if outcome.wheel else 1)


def _fragment_digest(url: WheelUrl | None) -> Sha256Digest | None:
    return None if url is None else url.fragment_digest


def _provenance(file: Path | None, repository: str | None) -> Provenance | None:
    if (file is None) != (repository is None):
        raise typer.BadParameter("give --provenance and --repository together")
    if file is None or repository is None:
        return None
    settings, attestations = load_group(ProvenanceSettings, os.environ), read_attestations(file)
    try:
        verifier = attestation_verifier(settings)
    except ModuleNotFoundError as error:
        raise typer.BadParameter(str(error)) from None
    except ValueError as error:
        raise SettingsError([f"REGISTRY_SIGSTORE_TRUSTED_ROOTS: {error}"]) from None
    return Provenance(attestations=attestations, repository=repository, verifier=verifier)


def _show(wheel: str, outcome: WheelOutcome, *, as_json: bool) -> None:
    if as_json:
        verified = outcome.wheel
        shown = {
            "source": os.fsencode(wheel).decode("utf-8", "replace"),
            "passed": verified is not None,
            "code": outcome.code,
            "sha256": verified and verified.sha256.hex,
            "distribution": verified and verified.distribution,
            "package_name": verified and verified.package_name,
            "requires_python": verified and verified.requires_python,
            "verification": outcome.verification,
        }
        show_json(shown)
        return
    show_verdicts(outcome.verification)
    if outcome.wheel is None:
        show_outcome(f"The registry would refuse this wheel: {outcome.code}", good=False)
    else:
        show_outcome("The registry would accept this wheel.", good=True)
