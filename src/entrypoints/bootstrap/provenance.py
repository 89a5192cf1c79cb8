"""Attestations, as the settings describe them. Where they are off, nothing of the library is imported."""

from adapters.postgres.engine import Database
from adapters.postgres.provenance import PostgresProvenance
from application.ports.clock import Clock
from application.ports.publisher_repository import PublisherRepository
from application.ports.version_repository import VersionRepository
from application.use_cases.provenance import AddAttestations, ReadProvenance, VerifyAttestations
from application.use_cases.publishers import ManagePublishers
from application.use_cases.queries import FindVersion
from domain.provenance.admission import AttestationMode
from entrypoints.attestation_verification import LazyAttestationVerifier, attestation_verifier
from entrypoints.bootstrap.adapters import ProvenanceAdapters
from entrypoints.settings import ProvenanceSettings
from entrypoints.use_cases import ProvenanceUseCases


def provenance_adapters(settings: ProvenanceSettings | None, database: Database) -> ProvenanceAdapters | None:
    """Return the adapters of attestations; None if they are off.

    Raises:
        ValueError: A trusted root is none.
    """
    if settings is None or settings.mode == "off":
        return None
    return ProvenanceAdapters(
        verifier=attestation_verifier(settings),
        store=PostgresProvenance(database),
        mode=AttestationMode(settings.mode),
    )


def operators_provenance(settings: ProvenanceSettings | None, database: Database) -> ProvenanceAdapters | None:
    """Return the adapters of attestations for operators, who are held to publishers as others are.

    Without settings, providers that have a publisher are held to it. The library is imported with an attestation.
    """
    given = ProvenanceSettings(mode="record") if settings is None else settings
    if given.mode == "off":
        return None
    return ProvenanceAdapters(
        verifier=LazyAttestationVerifier(given), store=PostgresProvenance(database), mode=AttestationMode(given.mode)
    )


def attestations_of(adapters: ProvenanceAdapters | None, clock: Clock) -> VerifyAttestations | None:
    """Return what verifies attestations; None if they are off."""
    return None if adapters is None else VerifyAttestations(adapters.verifier, clock, adapters.mode)


def provenance_use_cases(
    adapters: ProvenanceAdapters | None, versions: VersionRepository, find_version: FindVersion, clock: Clock
) -> ProvenanceUseCases | None:
    """Return what is done with attestations; None if they are off."""
    verify = attestations_of(adapters, clock)
    if adapters is None or verify is None:
        return None
    return ProvenanceUseCases(
        add_attestations=AddAttestations(versions=versions, queries=adapters.store, verify=verify, clock=clock),
        read_provenance=ReadProvenance(find_version, adapters.store),
    )


def publisher_use_cases(publishers: PublisherRepository, clock: Clock) -> ManagePublishers:
    """Return what operators do about publishers, whether attestations are verified by now or not."""
    return ManagePublishers(publishers, clock)
