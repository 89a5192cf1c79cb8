"""Distributions and the namespaces that they belong to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from domain.distributions import Distribution, distribution_name, index_path
from domain.errors import DistributionConflictError, InvalidDistributionNameError, InvalidProviderNameError
from domain.names import namespace
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
    assert "provider-registry distributions transfer tools --to" in refusal.value.detail


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


@given(st.from_regex(r"[a-z0-9~_-]{1,12}", fullmatch=True))
def test_no_index_of_a_namespace_is_where_a_project_could_be(written: str) -> None:
    try:
        path = index_path(namespace(written))
    except InvalidProviderNameError:
        return
    with pytest.raises(InvalidDistributionNameError):
        distribution_name(path.removeprefix("/simple/").removesuffix("/"))


def test_the_platforms_index_is_the_one_at_the_root() -> None:
    assert (index_path("platform"), index_path("acme")) == ("/simple/", "/simple/~acme/")
