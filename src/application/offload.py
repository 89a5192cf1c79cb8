"""Work that would hold up other requests."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

SMALL = 32 * 1024
"""An input of so many bytes or characters takes about as long as handing it to a thread and back."""


async def run_in_thread_if_large(
    size: int, work: Callable[_Arguments, _Result], /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Do work on an input of that size: a large one in a thread, a small one at once."""
    return work(*args, **kwargs) if size <= SMALL else await asyncio.to_thread(work, *args, **kwargs)
