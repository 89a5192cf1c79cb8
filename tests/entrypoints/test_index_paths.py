"""Paths of the package indexes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distributions import distribution_name
from domain.errors import InvalidDistributionNameError, InvalidProviderNameError
from domain.names import namespace
from entrypoints.index_paths import index_path


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
