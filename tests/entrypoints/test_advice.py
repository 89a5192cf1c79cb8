"""What errors advise."""

from domain.errors import DistributionConflictError, ProviderNotFoundError
from entrypoints.advice import detail_of


def test_a_conflict_of_distributions_names_the_command_that_resolves_it() -> None:
    error = DistributionConflictError("It is taken", distribution="tools", namespace="acme")

    assert detail_of(error).startswith("It is taken, or ask an operator of the registry to run ")
    assert "'provider-registry distributions transfer tools --to acme'" in detail_of(error)


def test_other_errors_say_what_they_say() -> None:
    assert detail_of(ProviderNotFoundError("It is not there.")) == "It is not there."
