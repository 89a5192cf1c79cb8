"""How the reader words its refusals."""

from domain.errors import WheelProblem, WheelRefusedError


def refused(problem: WheelProblem, what: str) -> WheelRefusedError:
    """Return the refusal of an archive that no build tool writes."""
    return WheelRefusedError(problem, f"{what}; rebuild the wheel with a PEP 517 build backend and upload it unchanged")


def quoted(path: str) -> str:
    """Return a hostile path in a form that fits into a sentence."""
    return ascii(path if len(path) <= 100 else f"{path[:100]}...")
