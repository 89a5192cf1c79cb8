"""No property fails because the machine is busy."""

import re
from pathlib import Path

from hypothesis import HealthCheck, settings


def test_properties_have_no_deadline() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check


def test_a_property_that_suppresses_other_checks_suppresses_that_of_time_too() -> None:
    texts = [path.read_text() for path in Path("tests").rglob("*.py") if path != Path(__file__).relative_to(Path.cwd())]
    lists = [found for text in texts for found in re.findall(r"suppress_health_check=(\[.*?\])", text, re.DOTALL)]

    assert lists != []
    assert [found for found in lists if "too_slow" not in found] == []
