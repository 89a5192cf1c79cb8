"""What another host says, as a terminal shows it."""

import pytest

from entrypoints.cli.release_output import ReleaseOutput
from entrypoints.client.errors import RefusedError


@pytest.mark.hostile
def test_control_characters_of_a_host_are_spelt_out_in_place_of_obeyed(capfd: pytest.CaptureFixture[str]) -> None:
    obeyed = "\x1b[2J\x1b]0;title\x07\r\x9b1m\u202e\ud800"
    screen = ReleaseOutput(as_json=False)

    screen.note(obeyed)
    screen.failed(
        RefusedError(
            f"{obeyed} [red]and[/red]\nmore",
            code="refused",
            status=500,
            errors=[{"loc": [obeyed], "msg": obeyed}] * 2,
            request_id=obeyed,
        )
    )

    shown = capfd.readouterr().err
    assert all(each.isprintable() or each == "\n" for each in shown)
    assert shown.count(r"\x1b[2J\x1b]0;title\x07\r\x9b1m\u202e\ud800") == 7
    assert "[red]and[/red]\nmore" in shown
