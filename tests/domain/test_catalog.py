"""What people see of a provider, and what ``latest`` means."""

from dataclasses import replace
from typing import Any

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog import MAX_TAGS, Author, AuthorKind, CatalogMetadata, Provider, latest
from domain.errors import InvalidMetadataError
from domain.semver import SemVer
from tests.builders import NOW, a_name, a_proven_wheel, some_metadata


@pytest.mark.parametrize(
    "changes",
    [
        {"icon_url": None, "tags": ()},
        {"icon_url": "HTTPS://icons.example.com:8443/a%20b.svg?size=1#top"},
        {"icon_url": "https://icons.example.com/" + "a" * 2022},
        {"display_name": "G" * 200, "description": "d" * 5000, "tags": ("t" * 50,) * MAX_TAGS},
        {"description": ""},
        {"description": "Two lines\r\n\tand a tab"},
        {"display_name": "Größe 漢字 🚀"},
    ],
)
def test_normal_metadata_is_kept_as_sent(changes: dict[str, Any]) -> None:
    metadata = some_metadata(**changes)

    assert {field: getattr(metadata, field) for field in changes} == changes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""), ("display_name", "  "), ("display_name", "G" * 201), ("display_name", "a\nb"),
        ("display_name", "a\x00b"), ("display_name", "a\x1b[31m"), ("display_name", "a\ud800"),
        ("description", "d" * 5001), ("description", "a\x00b"), ("description", "a\x1bb"), ("description", "\udfff"),
        ("tags", ("",)), ("tags", ("t" * 51,)), ("tags", ("a", "b\n")), ("tags", ("t",) * (MAX_TAGS + 1)),
        ("icon_url", ""), ("icon_url", "javascript:alert(1)"), ("icon_url", "data:image/svg+xml,<svg/>"),
        ("icon_url", "http://icons.example.com/a.svg"), ("icon_url", "//icons.example.com/a.svg"),
        ("icon_url", "https:///a.svg"), ("icon_url", "https://"), ("icon_url", "https:icons.example.com/a.svg"),
        ("icon_url", "https://icons.example.com/a b"), ("icon_url", "https://icons.example.com/a\n"),
        ("icon_url", " https://icons.example.com/a"), ("icon_url", "java\nscript:alert(1)"),
        ("icon_url", 'https://icons.example.com/"onerror="alert(1)'), ("icon_url", "https://icons.example.com\\@x"),
        ("icon_url", "https://icons.example.com/<script>"), ("icon_url", "https://icons.example.com/a\u00a0b"),
        ("icon_url", "https://[::1"), ("icon_url", "https://\u2100.example/"), ("icon_url", "https://x/" + "a" * 2040),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field(field: str, value: object) -> None:
    with pytest.raises(InvalidMetadataError) as refusal:
        some_metadata(**{field: value})
    assert refusal.value.detail.startswith(f"{field}: ")


@given(st.text())
def test_any_icon_is_https_or_is_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://icons.example.com/{text}"):
        try:
            metadata = some_metadata(icon_url=url)
        except InvalidMetadataError:
            continue
        assert (metadata.icon_url or "").lower().startswith("https://")


@given(name=st.text(), summary=st.none() | st.text(st.characters()))
def test_whatever_a_wheel_says_of_itself_makes_metadata_that_can_be_shown(name: str, summary: str | None) -> None:
    wheel = replace(a_proven_wheel(), name=name.strip() and "pragmatiks" + name, summary=summary)

    shown = CatalogMetadata.of_wheel(wheel)

    assert shown.display_name.startswith("pragmatiks")
    assert (shown.icon_url, shown.tags) == (None, ())


ACME_NAMED = Author(AuthorKind.CUSTOMER, "org_1", "Acme Inc.")
ACME_UNNAMED = Author(AuthorKind.CUSTOMER, "org_1", "acme")
ACME_UNKNOWN = Author(AuthorKind.CUSTOMER, "acme", "acme")
PLATFORM_AUTHOR = Author(AuthorKind.PLATFORM, "org_platform", "The Platform")


@pytest.mark.parametrize(
    ("canonical", "organization_id", "organization_name", "author"),
    [
        ("acme/gcp", "org_1", "Acme Inc.", ACME_NAMED),
        ("acme/gcp", "org_1", None, ACME_UNNAMED),
        ("acme/gcp", None, None, ACME_UNKNOWN),
        ("platform/gcp", None, None, PLATFORM_AUTHOR),
        ("platform/gcp", "org_1", "Acme Inc.", PLATFORM_AUTHOR),
    ],
)
def test_an_author_has_an_id_and_a_name_whatever_is_known(
    canonical: str, organization_id: str | None, organization_name: str | None, author: Author
) -> None:
    provider = Provider(
        name=a_name(canonical),
        metadata=None,
        created_at=NOW,
        updated_at=NOW,
        organization_id=organization_id,
        organization_name=organization_name,
    )

    assert Author.of(provider, platform=PLATFORM_AUTHOR) == author


_VERSIONS = st.sampled_from(
    [
        "0.1.0",
        "1.0.0-alpha",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.0+a",
        "1.10.0",
        "1.9.0",
        "2.0.0-dev.1",
        "2.0.0-rc.10",
        "2.0.0-rc.9",
    ]
)


@given(st.sets(_VERSIONS))
def test_latest_is_the_highest_stable_version_and_a_prerelease_only_alone(texts: set[str]) -> None:
    chosen = latest(map(SemVer.parse, texts))

    versions = [semver.Version.parse(text) for text in texts]
    candidates = [version for version in versions if version.prerelease is None] or versions
    if chosen is None:
        assert not candidates
    else:
        assert semver.Version.parse(chosen.text) in candidates
        assert semver.Version.parse(chosen.text) == max(candidates)
