"""OPTIONS, and the methods that `Allow` names."""

from collections.abc import AsyncIterator

import pytest

from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.settings import TracingSettings
from tests.entrypoints.http.conftest import Service, serving

READ = {"GET", "HEAD", "OPTIONS"}
ALLOWED = {
    "/": READ,
    "/providers": READ,
    "/resource-types": READ,
    "/providers/a/b": READ,
    "/providers/a/b/versions": READ,
    "/providers/a/b/versions/1.0.0": READ,
    "/providers/a/b/versions/1.0.0/schemas/x/y": READ,
    "/catalog/a/b": READ,
    "/simple/": READ,
    "/simple/x/": READ,
    "/health": READ,
    "/metrics": READ,
    "/schema": READ,
    "/schema/openapi.json": READ,
    "/auth/me": READ,
    "/provider-versions": {"OPTIONS", "POST"},
    "/console/provider-versions": {"OPTIONS", "POST"},
    "/console/providers/a/b/versions/1.0.0/yank": {"DELETE", "OPTIONS", "PUT"},
}


@pytest.fixture
async def whole() -> AsyncIterator[Service]:
    """A service with every route."""
    telemetry = open_telemetry(TracingSettings())
    async with serving(MemoryAdapters(), customer_realm=True, telemetry=telemetry) as service:
        yield service


def named(allow: str) -> set[str]:
    return set(allow.split(", "))


@pytest.mark.parametrize("path", ALLOWED)
async def test_options_and_allow_name_every_method(whole: Service, path: str) -> None:
    options = await whole.client.options(path)
    refused = [await whole.client.request(method, path) for method in ("PATCH", "TRACE", "FOO")]

    assert (options.status_code, options.content, named(options.headers["allow"])) == (204, b"", ALLOWED[path])
    assert [(each.status_code, named(each.headers["allow"])) for each in refused] == [(405, ALLOWED[path])] * 3


@pytest.mark.parametrize("path", ALLOWED)
async def test_what_allow_names_is_not_answered_with_405(whole: Service, path: str) -> None:
    answers = {method: (await whole.client.request(method, path)).status_code for method in ALLOWED[path]}

    assert {method: status for method, status in answers.items() if status == 405} == {}


async def test_head_is_refused_where_get_is(whole: Service) -> None:
    headed = await whole.client.head("/provider-versions")

    assert (headed.status_code, named(headed.headers["allow"])) == (405, {"OPTIONS", "POST"})


async def test_an_unknown_path_has_no_methods(whole: Service) -> None:
    assert (await whole.client.options("/nowhere")).status_code == 404
