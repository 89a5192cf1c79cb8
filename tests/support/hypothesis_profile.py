"""How Hypothesis runs in this suite."""

from hypothesis import HealthCheck, settings


def load_profile() -> None:
    """Ask nothing about time, which tells more of the machine than of the code.

    With ``CI`` in the environment, Hypothesis' own profile for CI runs the same examples each time.
    """
    settings.register_profile("suite", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("suite")
