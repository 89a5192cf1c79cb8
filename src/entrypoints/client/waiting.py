"""Waiting until the package index shows a release."""

import time
from collections.abc import Callable, Sequence

from packaging.version import Version

from entrypoints.client.errors import ReleaseNotVisibleError, WheelAmbiguousError
from entrypoints.client.index import IndexedWheel, PackageIndex, TransientIndexError

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 10.0

OnPoll = Callable[[int, float, str], None]
"""Called after each poll with its number, the seconds elapsed, and what the index showed."""


def wait_for_wheel(
    index: PackageIndex, distribution: str, version: Version, *, seconds: float, on_poll: OnPoll
) -> IndexedWheel:
    """Return the wheel to register as soon as the index shows it; poll at once, then ever less often.

    Raises:
        ReleaseNotVisibleError: It did not in so many seconds.
        WheelAmbiguousError: There are several, and none is plainly the one.
        RefusedError: The index will not be read.
    """
    started, pause, polls = time.monotonic(), _FIRST_PAUSE, 0
    while True:
        try:
            wheels, seen = index.wheels(distribution, version), "does not show it"
        except TransientIndexError as error:
            wheels, seen = [], str(error)
        if wheels:
            return choose(wheels)
        polls, elapsed = polls + 1, time.monotonic() - started
        on_poll(polls, elapsed, seen)
        if elapsed >= seconds:
            raise ReleaseNotVisibleError(
                f"no wheel of {distribution} {version} within {seconds:g} s: the package index {index.url} {seen}. "
                "Wait longer with --wait, name the index that you upload to in REGISTRY_INDEX_URL, or give --wheel-url"
            )
        time.sleep(min(pause, seconds - elapsed))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def choose(wheels: Sequence[IndexedWheel]) -> IndexedWheel:
    """Return the only wheel, or the only pure one among several.

    Raises:
        WheelAmbiguousError: There is none such; the message names all of them.
    """
    plain = wheels if len(wheels) == 1 else [wheel for wheel in wheels if wheel.is_pure]
    if len(plain) == 1:
        return plain[0]
    named = "".join(f"\n  {wheel.url}" for wheel in wheels)
    raise WheelAmbiguousError(f"the release has {len(wheels)} wheels; choose one with --wheel-url:{named}")
