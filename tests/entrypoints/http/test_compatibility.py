"""Versions are held to what their numbers promise to users of the version before."""

import asyncio
import html
from typing import Any

import msgspec
import pytest

from domain.compatibility.gate import CompatibilityPolicy
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Verdict
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.openapi.refusal_examples import MEMBERS, SENTENCES
from entrypoints.presenters.compatibility import COMPARISON_EXAMPLE
from tests.entrypoints.http.conftest import Service, serving

VERSIONS = "/providers/platform/gcp/versions"
TIER_AND_SIZE = {"tier": {"type": "string"}, "size": {"type": "integer"}}


def schemas(**properties: Any) -> dict[str, Any]:
    config = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"bucket": {"config_schema": config}}


async def refused(service: Service, number: str, **changes: Any) -> dict[str, Any]:
    response = await service.post(service.upload(number, **changes))
    assert response.status_code == 422, response.text
    problem: dict[str, Any] = response.json()
    assert problem["code"] == "breaking_change"
    return problem


async def test_a_minor_version_that_breaks_users_is_422_with_every_change_and_both_ways_out(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    body = service.upload("1.4.0", schemas=schemas())

    response = await service.post(body)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "breaking_change")
    assert [(error["loc"], error["type"]) for error in problem["errors"]] == [
        (["body", "schemas", "bucket", "config_schema", name], "property-removed") for name in ("size", "tier")
    ]
    assert "1.4.0 breaks users of 1.3.0" in problem["detail"]
    assert "Release it as 2.0.0, or send accept_breaking" in problem["detail"]
    assert service.adapters.fetcher.fetches[WheelUrl.parse(body["wheel_url"])] == 0
    assert (await service.client.get(f"{VERSIONS}/1.4.0")).status_code == 404


async def test_the_examples_in_the_document_are_what_the_registry_answers(service: Service) -> None:
    name, tier = {"type": "string"}, {"type": "string", "enum": ["standard", "cold"]}
    await service.publish("1.3.2", schemas=schemas(name=name, tier=tier))
    problem = await refused(service, "1.4.0", schemas=schemas(name=name))
    accepted = {"reason": "The tier was never read, and no config sets it."}
    await service.publish("1.4.0", schemas=schemas(name=name), accept_breaking=accepted)

    compared = (await service.client.get("/providers/platform/gcp/compare/1.3.2...1.4.0")).content

    assert msgspec.json.decode(compared) == msgspec.to_builtins(COMPARISON_EXAMPLE)
    assert problem["detail"] == SENTENCES["breaking_change"]
    assert problem["errors"] == MEMBERS["breaking_change"]["errors"]


async def test_a_version_that_was_refused_can_be_registered_once_it_breaks_nobody(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    await refused(service, "1.4.0", schemas=schemas())

    published = await service.publish("1.4.0", schemas=schemas(**TIER_AND_SIZE, label={"type": "string"}))

    assert published["compatibility"] == {
        "baseline": "1.3.0",
        "reason": "same_line",
        "verdict": "compatible",
        "required_bump": "minor",
        "breaking": 0,
        "compatible": 1,
        "unknown": 0,
        "rules_version": published["compatibility"]["rules_version"],
        "lost_additions": 0,
        "accepted": None,
    }
    history = (await service.client.get(f"{VERSIONS}/1.4.0/history")).json()
    assert [event["action"] for event in history] == ["failed", "published"]


@pytest.mark.parametrize("number", ["2.0.0", "1.4.0-rc.1"])
async def test_a_version_that_may_break_users_says_what_it_breaks(service: Service, number: str) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))

    body = service.upload(number.replace("-rc.", "rc"), schemas=schemas(), version=number)
    response = await service.post(body)

    assert response.status_code == 201, response.text
    summary = response.json()["compatibility"]
    assert (summary["verdict"], summary["required_bump"], summary["breaking"]) == ("breaking", "major", 2)


async def test_breaking_changes_pass_if_they_are_accepted_and_that_is_shown_for_ever(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    problem = await refused(service, "1.4.0", schemas=schemas())
    fingerprints = [error["msg"].partition("fingerprint ")[2].rstrip(")") for error in problem["errors"]]
    accepted = {"reason": "Nobody could set them.", "changes": fingerprints}

    published = await service.publish("1.4.0", schemas=schemas(), accept_breaking=accepted)

    assert published["compatibility"]["breaking"] == 2
    assert published["compatibility"]["accepted"]["reason"] == "Nobody could set them."
    shown = (await service.client.get(f"{VERSIONS}/1.4.0/compatibility")).json()
    assert shown["accepted"]["reason"] == "Nobody could set them."
    assert shown["accepted"]["accepted_by"] == "mch_release"
    assert (
        shown["accepted"]["changes"] == fingerprints == [change["fingerprint"] for change in shown["report"]["changes"]]
    )


async def test_who_accepted_breaking_changes_is_shown_wherever_they_are(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    await service.publish("1.4.0", schemas=schemas(), accept_breaking={"reason": "All of it is meant."})
    await service.publish("1.5.0", schemas=schemas())

    async def accepted(versions: str) -> Any:
        answer = await service.client.get(f"/providers/platform/gcp/compare/{versions}")
        return answer.json()["accepted"]

    shown = (await service.client.get(f"{VERSIONS}/1.4.0/compatibility")).json()["accepted"]
    version = (await service.client.get(f"{VERSIONS}/1.4.0")).json()
    assert version["compatibility"]["accepted"] == shown == await accepted("1.3.0...1.4.0")
    assert shown["reason"] == "All of it is meant."
    assert (await accepted("1.3.0...1.5.0"), await accepted("1.4.0...1.3.0")) == (None, None)
    page = await read(service, "/catalog/platform/gcp/compare/1.3.0...1.4.0")
    assert "accepted by <code>mch_release</code>" in page
    assert "All of it is meant." in page


async def test_changes_that_are_not_listed_are_refused_all_the_same(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    first, second = (await refused(service, "1.4.0", schemas=schemas()))["errors"]
    fingerprint = first["msg"].partition("fingerprint ")[2].rstrip(")")

    problem = await refused(
        service, "1.4.0", schemas=schemas(), accept_breaking={"reason": "Only this one.", "changes": [fingerprint]}
    )

    assert problem["errors"] == [second]


async def test_accepting_all_changes_takes_a_reason(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))

    response = await service.post(service.upload("1.4.0", schemas=schemas(), accept_breaking={"reason": "why not"}))

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert response.json()["errors"][0]["loc"] == ["body", "accept_breaking"]
    await service.publish("1.4.0", schemas=schemas(), accept_breaking={"reason": "All of it is meant."})


async def test_a_repeat_is_200_and_is_not_compared_again(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    accepted = {"reason": "All of it is meant."}
    published = await service.publish("1.4.0", schemas=schemas(), accept_breaking=accepted)

    again = await service.post(service.upload("1.4.0", schemas=schemas()))

    assert (again.status_code, again.json()) == (200, published)


async def test_a_dry_run_shows_the_report(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    body = service.upload("2.0.0", schemas=schemas(tier={"type": "string"}))

    response = await service.client.post(
        "/console/provider-versions?dry_run=true", json=body, headers=service.authorised()
    )

    shown = response.json()
    assert response.status_code == 200
    [change] = shown["compatibility"]["report"]["changes"]
    assert (change["verdict"], change["side"], change["path"]) == ("breaking", "config", "size")
    assert (change["before"], change["after"]) == ({"type": "integer"}, None)


async def test_any_two_versions_are_compared_in_either_direction(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    await service.publish("1.4.0", schemas=schemas(**TIER_AND_SIZE, label={"type": "string"}))

    forward = (await service.client.get("/providers/platform/gcp/compare/1.3.0...1.4.0")).json()
    backward = (await service.client.get("/providers/platform/gcp/compare/1.4.0...1.3.0")).json()

    assert (forward["from_version"], forward["to_version"]) == ("1.3.0", "1.4.0")
    assert [change["rule"] for change in forward["report"]["changes"]] == ["property-added"]
    assert [change["rule"] for change in backward["report"]["changes"]] == ["property-removed"]


@pytest.mark.parametrize("versions", ["1.3.0", "1.3.0..1.4.0", "1.3.0...", "1.3.0...9.9.9", "...", "a...b"])
async def test_what_names_no_two_versions_is_404(service: Service, versions: str) -> None:
    await service.publish("1.3.0")

    response = await service.client.get(f"/providers/platform/gcp/compare/{versions}")

    assert (response.status_code, response.json()["code"]) == (404, "version_not_found")


async def test_of_two_versions_of_a_line_that_race_none_breaks_the_other(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    adding = service.upload("1.4.0", schemas=schemas(**TIER_AND_SIZE, label={"type": "string"}))
    leaving_out = service.upload("1.5.0", schemas=schemas(**TIER_AND_SIZE))

    answers = await asyncio.gather(*(service.post(body) for body in (adding, leaving_out)))

    published = [answer.json() for answer in answers if answer.status_code == 201]
    baselines = {version["version"]: version["compatibility"]["baseline"] for version in published}
    if baselines.keys() == {"1.4.0", "1.5.0"}:  # then 1.5.0 came first, and 1.4.0 adds what 1.5.0 loses
        assert baselines == {"1.4.0": "1.3.0", "1.5.0": "1.3.0"}
        shown = (await service.client.get(f"{VERSIONS}/1.4.0/compatibility")).json()
        assert [change["path"] for change in shown["lost_additions"]] == ["label"]
    else:
        assert baselines == {"1.4.0": "1.3.0"}
        assert {answer.status_code for answer in answers} == {201, 422}


async def test_breaking_changes_are_only_reported_where_operators_say_so() -> None:
    policy = CompatibilityPolicy(refuses=False)
    async with serving(MemoryAdapters(), compatibility=policy) as service:
        await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
        published = await service.publish("1.4.0", schemas=schemas())
        assert published["compatibility"]["breaking"] == 2


async def test_operators_settle_disputed_rules() -> None:
    policy = CompatibilityPolicy(severities={RuleId.DEFAULT_CHANGED: Verdict.COMPATIBLE})
    before, after = ({"size": {"type": "integer", "default": number}} for number in (1, 2))
    async with serving(MemoryAdapters(), compatibility=policy) as service:
        await service.publish("1.3.0", schemas=schemas(**before))
        published = await service.publish("1.4.0", schemas=schemas(**after))
        assert (published["compatibility"]["verdict"], published["compatibility"]["compatible"]) == ("compatible", 1)


async def test_without_schemas_the_verdict_is_unknown_and_the_next_version_is_compared_with_the_one_before(
    service: Service,
) -> None:
    await service.publish("1.2.0", schemas=schemas(**TIER_AND_SIZE))
    without = await service.publish("1.3.0")
    assert (without["compatibility"]["baseline"], without["compatibility"]["verdict"]) == ("1.2.0", "unknown")

    problem = await refused(service, "1.4.0", schemas=schemas())

    assert "breaks users of 1.2.0" in problem["detail"]


async def read(service: Service, path: str) -> str:
    response = await service.client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return response.text


async def test_a_page_shows_what_changed_breaking_changes_first(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    await service.publish("2.0.0", schemas=schemas(tier={"type": "string"}, label={"type": "string"}))

    page = await read(service, "/catalog/platform/gcp/compare/1.3.0...2.0.0")

    assert "2.0.0 breaks users: it needs a major version." in page
    assert page.index("<code>size</code>") < page.index("<code>label</code>")
    assert "&#34;type&#34;: &#34;integer&#34;" in page
    assert "<option selected>1.3.0</option>" in page
    assert "<p><code>label</code> can be set now. Dependents need not change anything.</p>" in page
    assert ".." not in page.replace("...", "")
    assert "`" not in page


async def test_a_page_says_for_whom_an_example_is_one_and_what_is_not_known(service: Service) -> None:
    def outputs(kind: Any, **more: Any) -> dict[str, Any]:
        return {"bucket": {"outputs_schema": {"type": "object", "properties": {"url": {"type": kind}}, **more}}}

    await service.publish("1.0.0", schemas=outputs("string"))
    await service.publish("2.0.0", schemas=outputs(["string", "null"]))
    await service.publish("2.1.0", schemas=outputs(["string", "null"], units="GB"))

    page = await read(service, "/catalog/platform/gcp/compare/1.0.0...2.0.0")
    assert "Possible in 2.0.0, and never in 1.0.0: <code>" in page
    page = await read(service, "/catalog/platform/gcp/compare/2.0.0...1.0.0")
    assert "Possible in" not in page
    page = await read(service, "/catalog/platform/gcp/compare/2.0.0...2.1.0")
    assert "2.1.0 may break users: a person should look at what is unknown" in page


async def test_a_version_without_a_baseline_says_why(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    assert "It is the first version." in await read(service, "/catalog/platform/gcp/1.3.0")


async def test_a_back_port_says_how_much_is_lost_by_upgrading_from_it(service: Service) -> None:
    await service.publish("1.2.0", schemas=schemas(**TIER_AND_SIZE))
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    published = await service.publish("1.2.1", schemas=schemas(**TIER_AND_SIZE, label={"type": "string"}))

    assert published["compatibility"]["lost_additions"] == 1
    assert "loses 1 of its additions" in await read(service, "/catalog/platform/gcp/1.2.1")


async def test_a_version_leads_to_what_changed_and_says_who_accepted_it(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    await service.publish("1.4.0", schemas=schemas(), accept_breaking={"reason": "<b>All</b> of it is meant."})

    page = await read(service, "/catalog/platform/gcp/1.4.0")

    assert '<a href="/catalog/platform/gcp/compare/1.3.0...1.4.0">What changed since 1.3.0</a>' in page
    assert "&lt;b&gt;All&lt;/b&gt; of it is meant." in page


async def test_a_form_leads_to_the_comparison_that_was_chosen(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))

    response = await service.client.get("/catalog/platform/gcp/compare?old=1.3.0&new=1.3.0", follow_redirects=False)

    assert (response.status_code, response.headers["location"]) == (303, "/catalog/platform/gcp/compare/1.3.0...1.3.0")
    assert "No schema changed" in await read(service, response.headers["location"])


async def test_a_refusal_leads_to_what_its_rule_means(service: Service) -> None:
    await service.publish("1.3.0", schemas=schemas(**TIER_AND_SIZE))
    problem = await refused(service, "1.4.0", schemas=schemas())

    page = await read(service, "/rules")

    for error in problem["errors"]:
        anchor = error["msg"].partition("see /rules#")[2].partition(";")[0]
        assert f'<h2 id="{anchor}">' in page


async def test_the_page_of_rules_has_a_section_for_each_with_why_an_example_and_what_to_do(service: Service) -> None:
    page = await read(service, "/rules")
    plain = html.unescape(page.replace("<code>", "").replace("</code>", ""))
    sections = {part.partition('"')[0]: part for part in plain.split('<h2 id="')[1:]}

    assert sections.keys() == set(RuleId)
    for rule, section in sections.items():
        known = RULES[RuleId(rule)]
        for text in (known.title, known.why, known.example, known.remedy):
            assert text.replace("`", "") in section
        assert f"Config: {known.config}, outputs: {known.outputs}." in section
