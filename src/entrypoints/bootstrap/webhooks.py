"""The webhooks that the settings describe."""

import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from adapters.https.egress_proxy import EgressProxy
from adapters.https.tls import create_ssl_context
from adapters.https.webhook_sender import HttpsWebhookSender
from adapters.jwe import JweCipher
from adapters.postgres.engine import Database
from adapters.postgres.log_queries import PostgresLogQueries
from adapters.postgres.webhook_receivers import PostgresWebhookReceivers
from adapters.system_clock import SystemClock
from application.use_cases.read_log import ListChanges
from application.use_cases.webhooks import ManageWebhooks
from entrypoints.bootstrap.adapters import WebhookAdapters
from entrypoints.bootstrap.databases import connection_options, serving_database
from entrypoints.settings import DatabaseSettings, WebhookSettings, WheelSettings
from entrypoints.webhook_keys import read_webhook_keys
from entrypoints.wheel_verification import address_policy


def webhook_adapters(settings: WebhookSettings, wheel: WheelSettings, database: Database) -> WebhookAdapters | None:
    """Return the adapters of webhooks; None without keys. Receivers are reached as wheel hosts are."""
    if settings.key_file is None:
        return None
    receivers = PostgresWebhookReceivers(database)
    return WebhookAdapters(
        queue=receivers,
        receivers=receivers,
        log=PostgresLogQueries(database),
        sender=HttpsWebhookSender(
            addresses=address_policy(wheel),
            tls=create_ssl_context(wheel.ca_bundle),
            proxy=None if wheel.proxy_url is None else EgressProxy.parse(wheel.proxy_url.reveal()),
        ),
        cipher=JweCipher(read_webhook_keys(settings.key_file)),
        chance=random.random,
    )


@asynccontextmanager
async def open_operator_webhooks(
    database: DatabaseSettings, wheel: WheelSettings, settings: WebhookSettings
) -> AsyncIterator[ManageWebhooks]:
    """Open what operators do with the webhooks of a database, embedded or not. The settings have keys."""
    with serving_database(database) as url:
        opened = Database(url, connection_options(database))
        try:
            adapters = webhook_adapters(settings, wheel, opened)
            if adapters is None:
                raise AssertionError("the settings have no keys")
            yield ManageWebhooks(
                receivers=adapters.receivers,
                changes=ListChanges(adapters.log),
                sender=adapters.sender,
                cipher=adapters.cipher,
                clock=SystemClock(),
                draw=secrets.token_bytes,
                new_id=lambda: str(uuid4()),
            )
        finally:
            await opened.dispose()
