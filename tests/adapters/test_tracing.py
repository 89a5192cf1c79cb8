"""Whom spans come from."""

from importlib.metadata import version

import pytest

from adapters.tracing.provider import open_provider


def resource() -> dict[str, object]:
    provider = open_provider("http://127.0.0.1:4318")
    provider.shutdown()
    return dict(provider.resource.attributes)


def test_spans_come_from_the_registry_and_its_version() -> None:
    shown = resource()

    assert shown["service.name"] == "provider-registry"
    assert shown["service.version"] == version("provider-registry")


def test_an_operator_may_name_it_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "registry-eu")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=production")

    shown = resource()

    assert (shown["service.name"], shown["deployment.environment"]) == ("registry-eu", "production")
