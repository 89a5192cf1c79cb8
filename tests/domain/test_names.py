"""Names of providers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidProviderNameError
from domain.names import ProviderName


@pytest.mark.parametrize("name", ["gcp", "kubernetes", "a", "0", "my-provider", "my_provider", "a--b", "k8s"])
def test_a_canonical_name_reads_back(name: str) -> None:
    parsed = ProviderName.parse(f"platform/{name}")

    assert (parsed.prefix, parsed.name, str(parsed)) == ("platform", name, f"platform/{name}")


@pytest.mark.parametrize(
    "canonical",
    [
        "", "gcp", "/", "platform/", "/gcp", "a/b/c", "Platform/gcp", "platform/GCP", "platform/-gcp", "platform/gcp-",
        "platform/_gcp", "platform/g cp", "platform/gcp\n", "platform/gcp\x00", "platform/gçp", "platform/..",
        "platform/g.cp", "platform/\u0661", "platform/\u212aube", " platform/gcp",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused(canonical: str) -> None:
    with pytest.raises(InvalidProviderNameError):
        ProviderName.parse(canonical)


def test_a_name_has_at_most_200_characters() -> None:
    longest = "platform/" + "a" * 191

    assert ProviderName.parse(longest).canonical == longest
    with pytest.raises(InvalidProviderNameError, match="201"):
        ProviderName.parse(longest + "a")


@pytest.mark.parametrize(("canonical", "first_party"), [("platform/gcp", True), ("acme/gcp", False)])
def test_only_the_platform_namespace_is_first_party(canonical: str, first_party: bool) -> None:
    assert ProviderName.parse(canonical).is_platform is first_party


@given(st.text())
def test_any_text_is_a_name_that_reads_back_or_is_refused(text: str) -> None:
    try:
        parsed = ProviderName.parse(text)
    except InvalidProviderNameError:
        return
    assert parsed.canonical == text
    assert text.isascii()
