"""Many registrations of one version at the same moment, in several server processes."""

import pytest

from tests.support.published import published
from tests.support.stack import Stack

pytestmark = pytest.mark.faults

AT_ONCE = 50


def test_of_fifty_identical_requests_at_once_one_is_201_and_the_others_are_200(stack: Stack) -> None:
    with stack.server(REGISTRY_WORKERS="2") as process:
        stack.wait_until_ready(process)
        with stack.posting(*[stack.upload()] * AT_ONCE) as answers:
            statuses = sorted(answer.result().status_code for answer in answers)

    assert statuses == [200] * (AT_ONCE - 1) + [201]
    assert published(stack.settings["DATABASE_URL"]) == {"1.0.0": 1}


def test_of_two_contents_for_one_version_at_once_one_wins_and_the_other_is_409(stack: Stack) -> None:
    versions = [f"1.0.{number}" for number in range(10)]
    with stack.server(REGISTRY_WORKERS="2") as process:
        stack.wait_until_ready(process)
        bodies = [stack.upload(version, changelog=text) for version in versions for text in ("one", "the other")]
        with stack.posting(*bodies) as futures:
            answers = [future.result() for future in futures]
        stored = {version: stack.get(f"/providers/platform/gcp/versions/{version}").json() for version in versions}

    pairs = list(zip(answers[::2], answers[1::2], strict=True))
    assert [sorted(answer.status_code for answer in pair) for pair in pairs] == [[201, 409]] * len(versions)
    assert {answer.json()["version"]: answer.json() for answer in answers if answer.status_code == 201} == stored
