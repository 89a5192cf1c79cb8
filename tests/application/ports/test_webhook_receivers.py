"""The shipped contract of the receivers of webhooks, kept by every adapter."""

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.webhook_receivers import InMemoryWebhookReceivers
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.postgres.webhook_receivers import PostgresWebhookReceivers
from provider_registry_testing.webhook_receivers import WebhookReceiversContract, Webhooks
from tests.builders import NOW
from tests.support.transparency_log import PostgresLog


@pytest.fixture(params=["memory", "postgres"])
def webhooks(request: pytest.FixtureRequest) -> Webhooks:
    if request.param == "memory":
        store = InMemoryVersionRepository()
        log = InMemoryLog(store)
        return Webhooks(InMemoryWebhookReceivers(log, ManualClock(NOW)), log, store)
    database = request.getfixturevalue("database")
    receivers = PostgresWebhookReceivers(database)
    return Webhooks(receivers, PostgresLog(database), PostgresVersionRepository(database))


class TestWebhookReceivers(WebhookReceiversContract):
    pass
