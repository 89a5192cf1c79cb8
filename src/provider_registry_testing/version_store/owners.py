"""What version stores promise about owners of providers."""

from datetime import timedelta

from provider_registry_testing.builders import NOW, a_version, some_metadata
from provider_registry_testing.writes import VersionStore, writing

LATER = NOW + timedelta(hours=1)


class OwnersContract:
    """What version stores promise about owners of providers."""

    async def test_a_provider_belongs_to_the_organisation_that_made_it_whoever_writes_later(
        self, store: VersionStore
    ) -> None:
        first, second = a_version("1.0.0", name="acme/gcp"), a_version("1.0.1", name="acme/gcp")
        await store.update(first.name, first.version, writing(first, organization_id="org_acme"))
        after = await store.update(second.name, second.version, writing(second, organization_id="org_eve"))

        assert after.provider is not None
        assert after.provider.organization_id == "org_acme"

    async def test_a_provider_that_no_customer_made_belongs_to_nobody(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        after = await store.update(version.name, version.version, writing(version))

        assert after.provider is not None
        assert after.provider.organization_id is None

    async def test_a_provider_is_shown_under_the_name_that_its_organisation_had_last(self, store: VersionStore) -> None:
        first, second, third = (a_version(number, name="acme/gcp") for number in ("1.0.0", "1.0.1", "1.0.2"))
        writes = {
            first: writing(first, some_metadata(), organization_id="org_acme", organization_name="Acme"),
            second: writing(second, organization_name="Acme Inc."),
            third: writing(third),
        }
        names = []
        for version, write in writes.items():
            await store.update(version.name, version.version, write)
            stored = await store.load(first.name, first.version)
            assert stored.provider is not None
            assert stored.provider.metadata == some_metadata()
            names.append(stored.provider.organization_name)

        assert names == ["Acme", "Acme Inc.", "Acme Inc."]

    async def test_the_name_of_an_organisation_may_be_replaced_alone_and_comes_with_its_time(
        self, store: VersionStore
    ) -> None:
        version = a_version("1.0.0", name="acme/gcp")
        await store.update(
            version.name,
            version.version,
            writing(version, metadata=some_metadata(), organization_id="org_1"),
        )

        after = await store.update(version.name, version.version, writing(organization_name="Acme", at=LATER))

        assert after == await store.load(version.name, version.version)
        assert after.provider is not None
        assert (after.provider.organization_id, after.provider.organization_name) == ("org_1", "Acme")
        assert (after.provider.metadata, after.provider.updated_at) == (some_metadata(), LATER)
