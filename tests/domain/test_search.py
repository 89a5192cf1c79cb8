"""What it means to find a provider."""

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
    assert Query.parse("a b c").trigrams
    assert not Query.parse("a b c d").trigrams


LETTERS = st.text("abc", min_size=1, max_size=6)


@given(text=LETTERS, labels=st.frozensets(LETTERS, max_size=4))
def test_a_near_miss_has_a_telling_trigram(text: str, labels: frozenset[str]) -> None:
    query = Query.parse(text)
    terms = SearchTerms(labels, labels, trigrams(labels))
    if query.nearness(terms) is not None:
        assert query.telling_trigrams & terms.trigrams


def test_beginnings_tell_least() -> None:
    assert Query.parse("stroage").telling_trigrams == {"age", "ge ", "oag", "roa"}


def test_a_query_counts_each_word_once_and_only_so_many() -> None:
    assert Query.parse(" A b a ").words == ("a", "b")
    assert len(Query.parse(" ".join(map(str, range(1000)))).words) == MAX_QUERY_WORDS
