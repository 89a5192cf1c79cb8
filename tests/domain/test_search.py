"""What it means to find a provider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog import Provider
from domain.names import ProviderName
from domain.search import MAX_QUERY_WORDS, Query, SearchTerms, trigrams, words
from tests.builders import NOW, some_metadata

TEXTS = st.text(max_size=40)


def test_words_are_runs_of_letters_and_digits_whatever_their_case() -> None:
    assert words("Cloud-SQL_v2 (Größe) ①") == ["cloud", "sql", "v2", "grösse", "1"]


@given(text=TEXTS)
def test_words_of_words_are_the_same_words(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once


@given(text=TEXTS)
def test_words_need_no_quoting(text: str) -> None:
    assert not set("'\\:&|!*() \x00") & set("".join(words(text)))


def test_trigrams_weigh_the_beginnings_of_words() -> None:
    assert trigrams({"gcp"}) == {"  g", " gc", "gcp", "cp "}
    assert trigrams(frozenset()) == frozenset()


def test_a_single_letter_is_a_whole_word() -> None:
    provider = Provider(
        name=ProviderName("platform", "s3"),
        metadata=some_metadata(display_name="S3 a", description="", tags=()),
        created_at=NOW,
        updated_at=NOW,
    )
    terms = SearchTerms.of(provider.name, some_metadata(display_name="S3 a", description="", tags=()))
    texts = ("s3", "s", "a", "pl", "p")
    found = [text for text in texts if Query.parse(text).rank(provider, terms) is not None]
    assert found == ["s3", "a", "pl"]


def test_near_misses_are_of_three_words_at_most() -> None:
    assert len(Query.parse("a b c").near_words) == 3
    assert not Query.parse("a b c d").near_words


def terms_of(*labels: str) -> SearchTerms:
    return SearchTerms(frozenset(labels), frozenset(labels), trigrams(frozenset(labels)))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("stroage", "storage"),
        ("storge", "storage"),
        ("storagee", "storage"),
        ("kubernets", "kubernetes"),
        ("platfrm", "platform"),
        ("clod", "cloud"),
        ("redsi", "redis"),
        ("größse", "grösse"),
    ],
)
def test_a_letter_too_many_too_few_or_out_of_place_is_a_near_miss(text: str, label: str) -> None:
    assert Query.parse(text).nearness(terms_of(label))


@pytest.mark.parametrize("text", ["vercel", "s", "st", "age", "mirage", "gcq"])
def test_other_words_are_no_near_misses(text: str) -> None:
    assert Query.parse(text).nearness(terms_of("storage", "gcp")) is None


def test_each_word_is_spelt_like_some_label() -> None:
    labels = terms_of("platform", "storage", "7")
    assert Query.parse("platfrm storge 7").nearness(labels)
    for text in ("platform gpc", "storage 8", "storge vercel"):
        assert Query.parse(text).nearness(labels) is None


def test_more_that_is_shared_is_nearer() -> None:
    nearer, farther = (Query.parse("supabaseq").nearness(terms_of(label)) for label in ("supabase", "superbase"))
    assert nearer is not None
    assert farther is None or farther < nearer


LETTERS = st.text("abc", min_size=1, max_size=8)


@given(text=LETTERS, labels=st.frozensets(LETTERS, max_size=4))
def test_a_near_miss_has_all_trigrams_of_a_group_of_each_word(text: str, labels: frozenset[str]) -> None:
    terms = terms_of(*labels)
    for word in Query.parse(text).near_words:
        assert sorted(trigram for group in word.groups for trigram in group) == sorted(word.trigrams)
        if word.shared(terms.trigrams) is not None:
            assert any(terms.trigrams.issuperset(group) for group in word.groups)


def test_a_query_counts_each_word_once_and_only_so_many() -> None:
    assert Query.parse(" A b a ").words == ("a", "b")
    assert len(Query.parse(" ".join(map(str, range(1000)))).words) == MAX_QUERY_WORDS
