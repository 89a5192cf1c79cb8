"""A release machine takes a version away and brings it back, through every layer."""

import httpx

from tests.e2e.conftest import Stack


def test_a_yank_survives_a_restart_and_its_history_tells_the_whole_story(stack: Stack) -> None:
    path = "/providers/platform/gcp/versions/1.0.0"
    headers = stack.headers()
    route = f"{stack.url}/console{path}/yank"
    with stack.server() as process:
        stack.wait_until_ready(process)
        stack.post(stack.upload())
        yanked = httpx.put(route, json={"reason": "Broken."}, headers=headers, trust_env=False)
        again = httpx.put(route, json={"reason": "Other."}, headers=headers, trust_env=False)
        gone = stack.get("/providers/platform/gcp/versions/latest")

    with stack.server() as process:
        stack.wait_until_ready(process)
        kept = stack.get(path)
        restored = httpx.delete(route, headers=headers, trust_env=False)
        latest = stack.get("/providers/platform/gcp/versions/latest")
        history = stack.get(f"{path}/history").json()

    assert (yanked.status_code, again.json(), kept.json()) == (200, yanked.json(), yanked.json())
    assert (gone.status_code, restored.status_code) == (404, 200)
    assert latest.json() == restored.json()
    assert [(event["action"], event["reason"]) for event in history] == [
        ("published", None),
        ("yanked", "Broken."),
        ("restored", None),
    ]
    assert {event["actor"] for event in history} == {stack.release.id}
    assert history[1]["request_id"] == yanked.headers["x-request-id"]
