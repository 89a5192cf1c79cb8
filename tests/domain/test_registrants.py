"""Who may register."""

import pytest

from domain.errors import MachineNotAllowedError, NamespaceForbiddenError
from domain.registrants import ConsoleMachine, Operator, ReleaseAllowList
from tests.builders import a_name


def test_a_machine_publishes_in_the_platforms_namespace() -> None:
    ConsoleMachine("mch_release").authorise(a_name("platform/gcp"))


@pytest.mark.parametrize("canonical", ["acme/gcp", "platforms/gcp", "platform-x/gcp", "gcp/platform"])
def test_a_machine_publishes_nowhere_else(canonical: str) -> None:
    with pytest.raises(NamespaceForbiddenError, match="platform/<name>"):
        ConsoleMachine("mch_release").authorise(a_name(canonical))


@pytest.mark.parametrize("canonical", ["acme/gcp", "platform/gcp"])
def test_an_operator_publishes_anywhere(canonical: str) -> None:
    Operator("operator:ada").authorise(a_name(canonical))


def test_a_listed_machine_is_admitted() -> None:
    ReleaseAllowList(frozenset({"mch_a", "mch_b"})).admit(ConsoleMachine("mch_b"))


@pytest.mark.parametrize("listed", [frozenset(), frozenset({"mch_release2", "MCH_RELEASE", "mch_releas"})])
def test_a_machine_that_is_not_listed_is_refused_and_named(listed: frozenset[str]) -> None:
    with pytest.raises(MachineNotAllowedError, match="mch_release may not"):
        ReleaseAllowList(listed).admit(ConsoleMachine("mch_release"))
