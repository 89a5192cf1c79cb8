"""What it means to find a provider."""

from hypothesis import given
from hypothesis import strategies as st

from domain.search import MAX_QUERY_WORDS, Query, trigrams, words

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


def test_a_query_counts_each_word_once_and_only_so_many() -> None:
    assert Query.parse(" A b a ").words == ("a", "b")
    assert len(Query.parse(" ".join(map(str, range(1000)))).words) == MAX_QUERY_WORDS
