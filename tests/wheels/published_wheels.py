"""Published wheels are accepted, or refused as noted. Needs an index, so it runs only by name: ``make test-wheels``.

``WHEELS_FOLDER`` may name a folder with more wheels to judge; ``make test-wheels`` puts our locked dependencies there.
"""

import ensurepip
import os
import sys
from pathlib import Path

import pytest
from packaging.utils import NormalizedName, canonicalize_name

from domain.errors import WheelRefusedError
from tests.support import published_wheels
from tests.support.real_wheels import WHEELS, fetch, judge

_CACHE = Path(".data/wheels-cache")
_BUNDLED = sorted(Path(ensurepip.__file__).parent.rglob("*.whl"))
_OWN = sorted(Path(os.environ["WHEELS_FOLDER"]).rglob("*.whl")) if "WHEELS_FOLDER" in os.environ else []


@pytest.fixture(scope="session")
def published() -> dict[NormalizedName, Path]:
    return fetch(_CACHE)


@pytest.mark.parametrize("name", WHEELS)
async def test_a_published_wheel_is_accepted(
    name: str, published: dict[NormalizedName, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    await _accept(published[canonicalize_name(name)], capsys)


@pytest.fixture(scope="session")
def older() -> Path:
    folder = _CACHE / "published"
    published_wheels.fetch(folder)
    return folder


@pytest.mark.parametrize("filename", published_wheels.WHEELS)
async def test_a_wheel_of_the_list_is_accepted_or_refused_as_noted(
    filename: str, older: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = published_wheels.WHEELS[filename].code
    if code is None:
        await _accept(older / filename, capsys)
        return
    with pytest.raises(WheelRefusedError) as refusal:
        await judge(older / filename)
    assert refusal.value.code == code


@pytest.mark.parametrize("path", [*_BUNDLED, *_OWN], ids=lambda path: path.name)
async def test_a_wheel_at_hand_is_accepted(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await _accept(path, capsys)


async def _accept(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = await judge(path)
    with capsys.disabled():
        sys.stdout.write(f"\n{judged} ")

    assert judged.files > 3
