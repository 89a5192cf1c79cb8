"""Numbers as options."""

import math

import typer


def finite(value: float) -> float:
    """Return a number that is not ``nan``, which is below no bound and above none, and not ``inf``.

    Raises:
        typer.BadParameter: It is not finite.
    """
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is no number to count with; give one such as 1.5")
    return value
