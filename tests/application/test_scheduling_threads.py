"""Where work is done."""

import threading

import pytest

from application.scheduling import SMALL, run_in_thread_if_large


@pytest.mark.parametrize(("size", "at_once"), [(0, True), (SMALL, True), (SMALL + 1, False)])
async def test_small_work_is_done_at_once_and_large_work_in_a_thread(size: int, at_once: bool) -> None:
    thread = await run_in_thread_if_large(size, threading.get_ident)
    assert (thread == threading.get_ident()) is at_once


@pytest.mark.parametrize("size", [0, SMALL + 1])
async def test_arguments_results_and_errors_pass_through(size: int) -> None:
    assert await run_in_thread_if_large(size, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await run_in_thread_if_large(size, divmod, 7, 0)
