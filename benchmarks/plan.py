"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sizes of a run. Times are in seconds, sizes in megabytes.

    Attributes:
        rounds: How often the contestants take turns.
        seconds: How long one contestant is read from in one round.
        registrations: How many one contestant registers in one round; 600 take some two seconds.
        providers: How many there are at the small and at the large scale, with ``versions`` each.
        logged: How many providers the transparency log is filled from, with ``versions`` each.
        soak: How long mixed traffic is kept up.
    """

    rounds: int = 5
    seconds: float = 3.0
    registrations: int = 600
    download: int = 200
    memory: int = 500
    providers: tuple[int, int] = (10, 1000)
    versions: int = 100
    logged: int = 200
    starts: int = 5
    soak: float = 60.0


PLANS = {
    "default": Plan(),
    "quick": Plan(
        rounds=3,
        seconds=1.0,
        registrations=50,
        download=50,
        memory=100,
        providers=(10, 100),
        logged=50,
        starts=3,
        soak=5.0,
    ),
    "full": Plan(seconds=5.0, providers=(10, 10_000), logged=10_000, soak=600.0),
    "tiny": Plan(
        rounds=1,
        seconds=0.2,
        registrations=4,
        download=2,
        memory=2,
        providers=(1, 2),
        versions=3,
        logged=2,
        starts=1,
        soak=1.0,
    ),
}
"""``tiny`` shows that everything runs, and measures nothing."""
