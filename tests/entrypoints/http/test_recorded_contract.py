"""The HTTP contract, byte for byte.

To record it anew, after a change that is meant:

    RECORD_CONTRACT=1 python -m pytest -n0 tests/entrypoints/http/test_recorded_contract.py

The diff of the recording then is the change.
"""

import json
import os
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from entrypoints.http.limits import HttpLimits
from tests.entrypoints.http.contract_scenarios import SCENARIOS, Serve, a_registry
from tests.entrypoints.http.recording import Exchange

RECORDING = Path(__file__).parent / "recorded_contract"
RECORDED_STATUSES = {200, 201, 204, 301, 303, 304, 400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, 502, 503, 504}


def recorded(scenario: str) -> list[Exchange]:
    exchanges: list[Exchange] = json.loads((RECORDING / f"{scenario}.json").read_text())
    return exchanges


async def play(scenario: str, serve: Serve) -> list[Exchange]:
    ask, _ = SCENARIOS[scenario]
    async with serve() as registry:
        await ask(registry)
    return registry.recorder.exchanges


def assert_same(played: list[Exchange], recorded: list[Exchange]) -> None:
    for now, then in zip(played, recorded, strict=False):
        assert now == then
    assert len(played) == len(recorded)


@pytest.fixture(autouse=True)
def _is_installed_anew() -> None:
    """The OpenAPI document names the version that is installed."""
    with Path("pyproject.toml").open("rb") as file:
        named = tomllib.load(file)["project"]["version"]
    installed = version("provider-registry")
    assert installed == named, f"{installed} is installed, and pyproject.toml says {named}: run make .venv/.ready"


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_request_is_answered_as_recorded(scenario: str) -> None:
    played = await play(scenario, SCENARIOS[scenario][1])
    if os.environ.get("RECORD_CONTRACT"):
        text = json.dumps(played, indent=1, ensure_ascii=False)
        (RECORDING / f"{scenario}.json").write_text(f"{text}\n")

    assert_same(played, recorded(scenario))


async def test_reads_are_answered_as_recorded_without_a_cache_too() -> None:
    played = await play("reads", lambda: a_registry(limits=HttpLimits(read_cache_bytes=0)))

    assert_same(played, recorded("reads"))


def test_the_recording_is_wide() -> None:
    exchanges = [exchange for scenario in SCENARIOS for exchange in recorded(scenario)]

    assert len(exchanges) >= 400
    assert {exchange["response"]["status"] for exchange in exchanges} == RECORDED_STATUSES
