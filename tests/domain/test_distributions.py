"""Distributions and the namespaces that they belong to."""

import pytest
from packaging.utils import canonicalize_name

from domain.distributions import Distribution, distribution_name
from domain.errors import DistributionConflictError, InvalidDistributionNameError
from tests.builders import a_name

TOOLS = canonicalize_name("tools")
ACMES = Distribution(name=TOOLS, prefix="acme", organization_id="org_acme")
PLATFORMS = Distribution(name=TOOLS, prefix="platform")


@pytest.mark.parametrize(
    ("owner", "provider", "organization_id"),
    [
        (ACMES, "acme/a", "org_acme"),
        (ACMES, "acme/b", "org_acme"),
        (ACMES, "acme/a", None),
        (Distribution(name=TOOLS, prefix="acme"), "acme/a", "org_any"),
        (PLATFORMS, "platform/a", None),
        (ACMES, "platform/a", None),
    ],
    ids=["same provider", "same namespace", "operator", "unpinned", "platform", "platform over a customer"],
)
def test_a_distribution_is_published_by_its_namespace_and_by_the_platform(
    owner: Distribution, provider: str, organization_id: str | None
) -> None:
    owner.require_publishable_by(a_name(provider), organization_id)


@pytest.mark.parametrize(
    ("owner", "provider", "organization_id", "named"),
    [
        (PLATFORMS, "acme/a", "org_acme", "platform"),
        (ACMES, "evil/a", "org_evil", "acme"),
        (ACMES, "evil/a", None, "acme"),
        (ACMES, "acme/a", "org_heir", "another organisation"),
    ],
    ids=["the platform's", "another customer's", "whoever registers it", "after the slug changed hands"],
)
def test_a_distribution_is_published_by_no_other_namespace_or_organisation(
    owner: Distribution, provider: str, organization_id: str | None, named: str
) -> None:
    with pytest.raises(DistributionConflictError, match=named) as refusal:
        owner.require_publishable_by(a_name(provider), organization_id)
    assert (refusal.value.distribution, refusal.value.namespace) == ("tools", provider.partition("/")[0])


def test_a_publication_changes_an_owner_only_if_it_is_the_platforms_or_the_first_of_an_organisation() -> None:
    unpinned = Distribution(name=TOOLS, prefix="acme")
    assert ACMES.published_by(a_name("acme/b"), "org_acme") == ACMES
    assert ACMES.published_by(a_name("acme/b"), None) == ACMES
    assert unpinned.published_by(a_name("acme/b"), "org_acme") == ACMES
    assert ACMES.published_by(a_name("platform/a"), None) == PLATFORMS


def test_names_are_normalised_and_what_is_none_is_refused() -> None:
    assert distribution_name("Foo__Bar.baz") == "foo-bar-baz"
    for written in ("", "-a", "a-", "a b", "ä", "a/b", "~a"):
        with pytest.raises(InvalidDistributionNameError):
            distribution_name(written)
