"""Worker processes that end with the process that started them."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent() -> None:
    """Have the kernel end this process when its parent dies, even of SIGKILL. Does nothing but on Linux.

    A worker left alone would hold its port and its database connections for ever.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
