"""POST /console/provider-versions: what a release machine sends, and what it reads."""

import hashlib
from typing import Any

import pytest

from adapters.memory.clock import ManualClock
from application.errors import SpoolUnavailableError, TooManyFetchesError, WheelHostFailedError, WheelHostTimeoutError
from domain.compatibility.rules import RULES_VERSION
from domain.errors import RegistryError, WheelProblem, WheelRefusedError
from domain.names import ProviderName
from domain.registrants import ConsoleMachine
from domain.semver import SemVer
from domain.versions import VersionStatus
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.limits import HttpLimits
from tests.builders import MACHINE_ID, NOW, RUNTIME_VERSION, a_wheel
from tests.entrypoints.http.conftest import METADATA, Service, serving

GCP = ProviderName.parse("platform/gcp")


async def test_a_first_registration_is_201_with_the_published_version(service: Service) -> None:
    body = service.upload("1.4.0", changelog="Faster.", entrypoint=["python", "-m", "gcp_provider"])

    response = await service.post(body)

    assert response.status_code == 201
    assert response.headers["location"] == "/providers/platform/gcp/versions/1.4.0"
    version = response.json()
    expected = {
        "prefix": "platform",
        "name": "gcp",
        "canonical": "platform/gcp",
        "provider_name": "platform/gcp",
        "version": "1.4.0",
        "status": "published",
        "runtime_version": RUNTIME_VERSION,
        "wheel_url": body["wheel_url"],
        "wheel_sha256": body["sha256"],
        "package_name": "gcp_provider",
        "entrypoint": ["python", "-m", "gcp_provider"],
        "schemas": None,
        "changelog": "Faster.",
        "wheel_filename": "pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
        "wheel_size": len(a_wheel(version="1.4.0")),
        "distribution": "pragmatiks-gcp-provider",
        "distribution_name": "pragmatiks-gcp-provider",
        "requires_python": ">=3.11",
        "registered_by": MACHINE_ID,
        "error_message": None,
        "source_hash": None,
        "yanked_at": None,
        "yanked_reason": None,
        "config_schema": None,
        "outputs_schema": None,
        "project": {"license": None, "author": None, "links": [], "dependencies": []},
        "compatibility": {
            "baseline": None,
            "reason": "first_version",
            "verdict": None,
            "required_bump": None,
            "breaking": 0,
            "compatible": 0,
            "unknown": 0,
            "rules_version": RULES_VERSION,
            "lost_additions": 0,
            "accepted": None,
        },
    }
    assert {name: version[name] for name in expected} == expected
    assert version.keys() - expected.keys() == {"published_at", "created_at", "updated_at"}
    assert version["published_at"] == version["created_at"] == version["updated_at"]
    assert version["published_at"].endswith("Z")


async def test_a_repeat_is_200_with_the_same_version_and_does_not_fetch_again(service: Service) -> None:
    body = service.upload()
    first = await service.post(body)

    again = await service.post(body)

    assert again.status_code == 200
    assert again.json() == first.json()
    assert "location" not in again.headers
    assert service.adapters.fetcher.fetches[WheelUrl.parse(body["wheel_url"])] == 1


async def test_a_repeat_may_leave_out_the_digest_and_the_package(service: Service) -> None:
    await service.publish(package_name="gcp_provider")

    again = await service.post(service.upload(sha256=None, package_name=None))

    assert again.status_code == 200


async def test_a_url_is_stored_in_its_canonical_form(service: Service) -> None:
    body = service.upload()
    url = body["wheel_url"].replace("https://wheels.example.com/", "HTTPS://Wheels.Example.COM:443/x/../")

    version = await service.publish(wheel_url=url)

    assert version["wheel_url"] == body["wheel_url"]


async def test_another_spelling_of_the_same_url_is_a_repeat(service: Service) -> None:
    body = service.upload()
    await service.post(body)
    url = body["wheel_url"].replace("https://wheels.example.com/", "HTTPS://Wheels.Example.COM:443/x/../")

    again = await service.post({**body, "wheel_url": f"{url}#sha256={body['sha256']}"})

    assert again.status_code == 200


async def test_a_digest_is_computed_when_none_is_announced(service: Service) -> None:
    version = await service.publish(sha256=None)

    assert version["wheel_sha256"] == hashlib.sha256(a_wheel()).hexdigest()


async def test_a_package_stays_null_when_the_wheel_offers_several(service: Service) -> None:
    several = a_wheel(files={"one/__init__.py": b"", "other/__init__.py": b""})

    version = await service.publish(data=several)

    assert version["package_name"] is None


async def test_an_organization_id_beside_a_canonical_name_is_ignored(service: Service) -> None:
    version = await service.publish(organization_id="org_2abc")

    assert version["canonical"] == "platform/gcp"
    assert (await service.post(service.upload(organization_id="org_other"))).status_code == 200


async def test_both_spellings_of_the_schemas_may_be_sent_if_they_agree(service: Service) -> None:
    schemas = {"bucket": {"config_schema": {"type": "object"}}}

    version = await service.publish(schemas=schemas, resource_schemas=schemas)

    assert [schema["resource"] for schema in version["schemas"]] == ["bucket"]
    assert (await service.post(service.upload(schemas=schemas, resource_schemas={}))).status_code == 200
    assert (await service.post(service.upload(resource_schemas=schemas))).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wheel_url", "https://other.example.com/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"),
        ("sha256", "0" * 64),
        ("package_name", "gcp_provider.bucket"),
        ("entrypoint", ["other"]),
        ("schemas", {"bucket": {"config_schema": {"type": "object"}}}),
        ("config_schema", {"type": "object"}),
        ("outputs_schema", {"type": "object"}),
        ("changelog", "other"),
    ],
)
async def test_other_content_under_the_same_version_is_409_naming_the_field(
    service: Service, field: str, value: Any
) -> None:
    first = await service.publish()

    response = await service.post(service.upload(**{field: value}))

    assert response.status_code == 409
    problem = response.json()
    assert problem["code"] == "version_conflict"
    assert problem["differences"] == [field]
    assert problem["existing_status"] == "published"
    assert field in problem["detail"]
    stored = await service.client.get("/providers/platform/gcp/versions/1.0.0")
    assert stored.json() == first


async def test_schemas_that_differ_only_in_key_order_are_a_repeat(service: Service) -> None:
    await service.publish(schemas={"b": {"config_schema": {"x": 1, "y": 2}}, "a": {}})

    again = await service.post(service.upload(schemas={"a": {}, "b": {"config_schema": {"y": 2.0, "x": 1}}}))

    assert again.status_code == 200
    assert [schema["resource"] for schema in again.json()["schemas"]] == ["a", "b"]


async def test_a_wheel_refused_for_good_is_recorded_and_replaced_by_the_next_attempt(service: Service) -> None:
    body = service.upload(sha256="0" * 64)

    refused = await service.post(body)

    assert refused.status_code == 422
    assert refused.json()["code"] == "wheel_digest_mismatch"
    stored = await service.adapters.store.load(GCP, SemVer.parse("1.0.0"))
    assert stored.version is not None
    assert stored.version.status is VersionStatus.FAILED
    assert stored.version.error_message == refused.json()["detail"]
    assert stored.version.verification is not None
    assert [(check.name, check.passed) for check in stored.version.verification.checks] == [
        ("file_name", True),
        ("download", True),
        ("digest", False),
    ]
    assert (await service.client.get("/providers/platform/gcp/versions/1.0.0")).status_code == 404

    replaced = await service.post(service.upload())

    assert replaced.status_code == 201
    assert replaced.json()["error_message"] is None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (WheelHostFailedError("the host answered 500"), 502, "wheel_host_failed"),
        (WheelHostTimeoutError("too slow"), 504, "wheel_host_timeout"),
        (SpoolUnavailableError("disk full", retry_after=7), 503, "spool_unavailable"),
        (TooManyFetchesError("too many", retry_after=7), 503, "too_many_fetches"),
    ],
)
async def test_a_transient_failure_records_nothing(
    service: Service, error: RegistryError, status: int, code: str
) -> None:
    body = service.upload()
    service.adapters.fetcher.fail_with(WheelUrl.parse(body["wheel_url"]), error)

    response = await service.post(body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers.get("retry-after") == ("7" if status == 503 else None)
    stored = await service.adapters.store.load(GCP, SemVer.parse("1.0.0"))
    assert stored.version is None
    assert stored.provider is None


async def test_a_missing_wheel_is_422(service: Service) -> None:
    body = service.upload()
    refusal = WheelRefusedError(WheelProblem.NOT_FOUND, "there is no such file; upload it first")
    service.adapters.fetcher.fail_with(WheelUrl.parse(body["wheel_url"]), refusal)

    response = await service.post(body)

    assert (response.status_code, response.json()["code"]) == (422, "wheel_not_found")
    assert response.json()["detail"] == "there is no such file; upload it first"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no archive", "wheel_not_an_archive"),
        (a_wheel(without=frozenset({"METADATA"})), "wheel_file_missing"),
        (a_wheel(metadata="Name: other\nVersion: 1.0.0\n"), "wheel_name_mismatch"),
        (a_wheel(metadata="Name: pragmatiks-gcp-provider\nVersion: 1.0.1\n"), "wheel_version_mismatch"),
        (a_wheel(version="2.0.0"), "wheel_version_mismatch"),
    ],
)
async def test_a_wheel_that_is_not_what_its_name_says_is_422(service: Service, data: bytes, code: str) -> None:
    response = await service.post(service.upload(data=data))

    assert (response.status_code, response.json()["code"]) == (422, code)


async def test_a_package_that_is_not_in_the_wheel_is_422(service: Service) -> None:
    response = await service.post(service.upload(package_name="other"))

    assert (response.status_code, response.json()["code"]) == (422, "package_not_in_wheel")
    assert "gcp_provider" in response.json()["detail"]


async def test_a_wheel_of_another_version_than_registered_is_422_and_never_fetched(service: Service) -> None:
    body = {**service.upload("1.0.0"), "version": "1.0.1"}

    response = await service.post(body)

    assert (response.status_code, response.json()["code"]) == (422, "wheel_version_mismatch")
    assert not service.adapters.fetcher.fetches


async def test_a_release_candidate_is_matched_in_pep_440_terms(service: Service) -> None:
    response = await service.post({**service.upload("1.0.0rc1"), "version": "1.0.0-rc.1"})

    assert response.status_code == 201
    assert response.json()["version"] == "1.0.0-rc.1"


async def test_a_first_publish_needs_metadata(service: Service) -> None:
    response = await service.post(service.upload(metadata=None))

    assert (response.status_code, response.json()["code"]) == (422, "metadata_required")
    assert not service.adapters.fetcher.fetches


async def test_a_later_publish_needs_no_metadata_and_may_change_it(service: Service) -> None:
    await service.publish("1.0.0")
    await service.publish("1.1.0", metadata=None)
    await service.publish("1.2.0", metadata={**METADATA, "display_name": "GCP"})

    stored = await service.adapters.store.load(GCP, SemVer.parse("1.2.0"))
    assert stored.provider is not None
    assert stored.provider.metadata is not None
    assert stored.provider.metadata.display_name == "GCP"


async def test_metadata_of_a_repeat_counts_only_on_the_newest_version(service: Service) -> None:
    await service.publish("1.0.0")
    await service.publish("2.0.0")

    for version, name in (("1.0.0", "Old"), ("2.0.0", "New")):
        again = await service.post(service.upload(version, metadata={**METADATA, "display_name": name}))
        assert again.status_code == 200
        stored = await service.adapters.store.load(GCP, SemVer.parse(version))
        assert stored.provider is not None
        assert stored.provider.metadata is not None
        assert stored.provider.metadata.display_name == ("Google Cloud" if name == "Old" else "New")


async def test_the_time_of_registration_is_the_clocks() -> None:
    clock = ManualClock(NOW)
    async with serving(MemoryAdapters(clock=clock)) as service:
        version = await service.publish()
    assert version["published_at"] == "2026-01-02T03:04:05.678901Z"


async def test_a_machine_with_too_many_registrations_in_flight_is_429() -> None:
    async with serving(MemoryAdapters(), HttpLimits(in_flight=0)) as service:
        response = await service.post(service.upload())

    assert (response.status_code, response.json()["code"]) == (429, "too_many_registrations")
    assert int(response.headers["retry-after"]) > 0


async def test_an_unlisted_machine_is_403_before_its_body_is_read(service: Service) -> None:
    stranger = service.adapters.verifier.issue(ConsoleMachine("mch_stranger"))

    response = await service.post_raw(b"{", Authorization=f"Bearer {stranger}")

    assert (response.status_code, response.json()["code"]) == (403, "machine_not_allowed")


async def test_another_namespace_is_403_and_fetches_nothing(service: Service) -> None:
    response = await service.post(service.upload(name="acme/gcp"))

    assert (response.status_code, response.json()["code"]) == (403, "namespace_forbidden")
    assert not service.adapters.fetcher.fetches


async def test_an_unreachable_token_authority_is_503(service: Service) -> None:
    service.adapters.verifier.unavailable = True

    response = await service.post(service.upload())

    assert (response.status_code, response.json()["code"]) == (503, "token_authority_unavailable")
    assert int(response.headers["retry-after"]) > 0


async def test_an_unreachable_database_is_503(service: Service) -> None:
    service.adapters.store.unavailable = True

    response = await service.post(service.upload())

    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
    assert int(response.headers["retry-after"]) > 0


async def test_the_release_scripts_request_is_accepted(service: Service) -> None:
    wheel = a_wheel(version="0.3.1")
    body = service.upload(
        "0.3.1",
        sha256=hashlib.sha256(wheel).hexdigest(),
        package_name="gcp_provider",
        metadata={
            "display_name": "GCP",
            "description": "d",
            "tags": ["a"],
            "icon_url": "https://icons.example.com/a.png",
        },
        entrypoint=["python", "-m", "gcp_provider"],
    )

    assert (await service.post(body)).status_code == 201


async def test_the_current_sdks_request_is_accepted(service: Service) -> None:
    schemas = {
        "cloudsql/database": {
            "provider": "gcp",
            "resource": "cloudsql/database",
            "description": "A database.",
            "config_schema": {"type": "object"},
            "outputs_schema": {"type": "object", "properties": {}},
        }
    }

    version = await service.publish(schemas=schemas, changelog="First.")

    assert version["schemas"] == [schemas["cloudsql/database"]]


async def test_the_older_sdks_request_is_accepted(service: Service) -> None:
    version = await service.publish(
        name="gcp",
        organization_id="org_2abc",
        sha256=None,
        resource_schemas={"bucket": {"config_schema": {"type": "object"}}},
        config_schema={"type": "object"},
        outputs_schema=None,
        changelog="First.",
        runtime_image="ignored:1",
        entrypoint=["python", "-m", "gcp_provider"],
    )

    assert version["canonical"] == "platform/gcp"
    assert version["config_schema"] == {"type": "object"}
    assert version["schemas"] == [
        {
            "provider": "gcp",
            "resource": "bucket",
            "description": None,
            "config_schema": {"type": "object"},
            "outputs_schema": None,
        }
    ]
