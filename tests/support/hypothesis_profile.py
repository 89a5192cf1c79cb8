"""How Hypothesis runs in this suite."""

from hypothesis import HealthCheck, settings


def load_profile() -> None:
    """Ask nothing about time, which tells more of the machine than of the code.

    The profile ``quick`` is for ``make quick``. With ``CI`` in the environment, Hypothesis' own profile for CI runs the
    same examples each time.
    """
    settings.register_profile("suite", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("quick", settings.get_profile("suite"), max_examples=5)
    settings.load_profile("suite")
