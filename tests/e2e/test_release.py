"""A release machine registers over HTTP, through every layer."""

import pytest

from tests.e2e.conftest import Stack


@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
def test_a_version_is_registered_once_served_and_harmless_to_repeat(stack: Stack, token_format: str) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        token = stack.clerk.mint(stack.release, format=token_format)  # type: ignore[arg-type] # parametrised

        first = stack.post(stack.upload(), token)
        again = stack.post(stack.upload(), token)
        latest = stack.get("/providers/platform/gcp/versions/latest")

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json() == latest.json()
    assert first.json()["package_name"] == "gcp_provider"
    assert first.json()["registered_by"] == stack.release.id


def test_refusals_keep_their_status_through_every_layer(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        stranger = stack.clerk.add_machine(scopes=[stack.registry.id])
        foreign = stack.clerk.add_machine(scopes=["mch_somebody_else"])
        answers = {
            401: stack.post(stack.upload(), stack.clerk.mint(foreign, format="jwt")),
            403: stack.post(stack.upload(), stack.clerk.mint(stranger)),
            422: stack.post(stack.upload(sha256="0" * 64)),
            404: stack.get("/providers/platform/gcp/versions"),
        }

    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert answers[422].json()["code"] == "wheel_digest_mismatch"


def test_a_wheel_on_a_private_address_is_refused_unless_allowed(stack: Stack) -> None:
    with stack.server(REGISTRY_WHEEL_ALLOWED_NETWORKS="") as process:
        stack.wait_until_ready(process)
        answer = stack.post(stack.upload())

    assert (answer.status_code, answer.json()["code"]) == (422, "wheel_address_forbidden")
