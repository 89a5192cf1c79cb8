"""Small changes to a valid token, none of which may leave it valid."""

import string

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

BASE64URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"

EXAMPLES = settings(
    max_examples=300,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],  # a verifier keeps nothing of a token
)


def mutations(token: str) -> st.SearchStrategy[str]:
    places = st.integers(0, len(token) - 1)
    characters = st.sampled_from(BASE64URL + "=+/. \n") | st.characters()
    replaced = st.builds(lambda at, new: token[:at] + new + token[at + 1 :], places, characters)
    inserted = st.builds(lambda at, new: token[:at] + new + token[at:], st.integers(0, len(token)), characters)
    removed = st.builds(lambda at, count: token[:at] + token[at + count :], places, st.integers(1, 20))
    swapped = st.builds(lambda at: token[:at] + token[at + 1 : at + 2] + token[at : at + 1] + token[at + 2 :], places)
    # Mapped and not filtered: tests draw it within a coroutine, which a draw that is given up would tear down.
    return (replaced | inserted | removed | swapped).map(lambda drawn: f"{token}x" if drawn == token else drawn)
