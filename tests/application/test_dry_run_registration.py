"""A dry run returns what a registration would result in, and leaves every store as it was."""

from dataclasses import replace

import pytest

from application.errors import StoreUnavailableError
from application.use_cases.dry_run_registration import DryRunOutcome
from domain.errors import MetadataRequiredError, NamespaceForbiddenError, VersionConflictError, WheelRefusedError
from domain.names import ProviderName
from domain.registrants import ConsoleMachine
from domain.registration import Registration
from domain.version_state import VersionSnapshot
from domain.versions import VersionStatus
from domain.wheel.file import Sha256Digest
from entrypoints.bootstrap import Adapters, MemoryAdapters, build_registry
from entrypoints.use_cases import UseCases
from provider_registry_testing.writes import VersionStore
from tests.application.test_register_version import GCP, V1, a_registration
from tests.builders import a_wheel, a_wheel_url, some_metadata


@pytest.fixture
def adapters() -> MemoryAdapters:
    adapters = MemoryAdapters()
    adapters.fetcher.put(a_wheel_url(), a_wheel())
    return adapters


@pytest.fixture
def registry(adapters: MemoryAdapters, version_store: VersionStore) -> UseCases:
    return build_registry(
        Adapters(
            verifier=adapters.verifier,
            fetcher=adapters.fetcher,
            reader=adapters.reader,
            schema_validator=adapters.schema_validator,
            new_schema_comparison=adapters.new_schema_comparison,
            config_validator=adapters.config_validator,
            upgrade_coverage=adapters.upgrade_coverage,
            store=version_store,
            catalog=adapters.catalog,
            distributions=adapters.distributions,
            tasks=adapters.tasks,
            checks=adapters.checks,
            marks=adapters.marks,
            probe=adapters.probe,
            changes=adapters.changes,
            clock=adapters.clock,
        )
    )


async def test_a_first_registration_would_be_created_with_the_verdict_and_nothing_is_kept(
    registry: UseCases, version_store: VersionStore
) -> None:
    result = await registry.dry_run_registration.execute(a_registration())

    assert result.outcome is DryRunOutcome.CREATED
    assert result.version is not None
    assert result.version.verification is not None
    assert result.version.verification.passed
    assert await version_store.load(GCP, V1) == VersionSnapshot()
    assert await version_store.history(GCP, V1) == []


async def test_a_registration_has_the_result_of_its_dry_run(registry: UseCases) -> None:
    result = await registry.dry_run_registration.execute(a_registration())

    registered = await registry.register_version.execute(a_registration())

    assert registered.created
    assert registered.version == result.version


async def test_a_repeat_would_change_nothing_and_is_not_fetched_again(
    registry: UseCases, adapters: MemoryAdapters, version_store: VersionStore
) -> None:
    registered = await registry.register_version.execute(a_registration())
    before = await version_store.load(GCP, V1)
    shown_anew = replace(a_registration(), metadata=some_metadata(display_name="GCP"))

    result = await registry.dry_run_registration.execute(shown_anew)

    assert (result.outcome, result.version) == (DryRunOutcome.UNCHANGED, registered.version)
    assert adapters.fetcher.fetches[a_wheel_url()] == 1
    assert await version_store.load(GCP, V1) == before


async def test_other_content_would_be_a_conflict_naming_the_fields(registry: UseCases) -> None:
    await registry.register_version.execute(a_registration())

    result = await registry.dry_run_registration.execute(a_registration(changelog="other"))

    assert (result.outcome, result.version) == (DryRunOutcome.CONFLICT, None)
    assert isinstance(result.conflict, VersionConflictError)
    assert (result.conflict.differences, result.conflict.status) == (("changelog",), "published")


async def test_a_refused_wheel_is_refused_and_recorded_nowhere(registry: UseCases, version_store: VersionStore) -> None:
    with pytest.raises(WheelRefusedError):
        await registry.dry_run_registration.execute(a_registration(sha256=Sha256Digest("0" * 64)))

    assert (await version_store.load(GCP, V1)).version is None
    assert await version_store.history(GCP, V1) == []


async def test_a_failed_version_would_be_created_anew_and_stays_failed(
    registry: UseCases, version_store: VersionStore
) -> None:
    with pytest.raises(WheelRefusedError):
        await registry.register_version.execute(a_registration(sha256=Sha256Digest("0" * 64)))

    result = await registry.dry_run_registration.execute(a_registration())

    assert result.outcome is DryRunOutcome.CREATED
    stored = (await version_store.load(GCP, V1)).version
    assert stored is not None
    assert stored.status is VersionStatus.FAILED


@pytest.mark.parametrize(
    ("registration", "refusal"),
    [
        (replace(a_registration(), metadata=None), MetadataRequiredError),
        (replace(a_registration(), name=ProviderName.parse("acme/gcp")), NamespaceForbiddenError),
    ],
)
async def test_other_refusals_are_those_of_a_registration(
    registry: UseCases, registration: Registration, refusal: type[Exception]
) -> None:
    assert isinstance(registration.registrant, ConsoleMachine)
    with pytest.raises(refusal):
        await registry.dry_run_registration.execute(registration)


async def test_an_outage_is_an_outage(adapters: MemoryAdapters) -> None:
    adapters.store.unavailable = True

    with pytest.raises(StoreUnavailableError):
        await build_registry(adapters).dry_run_registration.execute(a_registration())
