"""Hostile archives through the whole application: a refusal with its code, and a failed row."""

from collections.abc import Mapping

import pytest

from domain.errors import WheelProblem
from domain.semver import SemVer
from domain.versions import VersionStatus
from entrypoints.bootstrap import MemoryAdapters
from tests.adapters.wheel.test_archives_framing import CASES as FRAMING
from tests.adapters.wheel.test_archives_headers import CASES as HEADERS
from tests.adapters.wheel.test_archives_names import CASES as NAMES
from tests.adapters.wheel.test_archives_storage import CASES as STORAGE
from tests.builders import a_name
from tests.entrypoints.http.conftest import serving

pytestmark = pytest.mark.hostile

CASES: Mapping[str, tuple[WheelProblem, bytes]] = {**FRAMING, **HEADERS, **NAMES, **STORAGE}


@pytest.mark.parametrize("case", CASES)
async def test_a_hostile_archive_is_422_with_its_code_and_leaves_a_failed_version_only(case: str) -> None:
    problem, data = CASES[case]
    async with serving(MemoryAdapters()) as service:
        response = await service.post(service.upload(data=data))
        stored = await service.adapters.store.load(a_name(), SemVer.parse("1.0.0"))
        public = await service.client.get("/providers/platform/gcp/versions")

    assert (response.status_code, response.json()["code"]) == (422, problem.value)
    assert stored.version is not None
    assert (stored.version.status, stored.version.error_code) == (VersionStatus.FAILED, problem.value)
    assert stored.version.verification is not None
    assert not stored.version.verification.passed
    assert public.status_code == 404


def test_the_corpus_is_large() -> None:
    assert len(CASES) == len(FRAMING) + len(HEADERS) + len(NAMES) + len(STORAGE) > 150
