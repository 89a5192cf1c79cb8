"""Wires the verification of wheels, which needs no server installed. A part of the composition root."""

from dataclasses import replace

import stamina

from adapters.https.address_policy import AddressPolicy
from adapters.https.credentials_file import CredentialsFile
from adapters.https.egress_proxy import EgressProxy
from adapters.https.policy import FetchPolicy
from adapters.https.tls import create_ssl_context
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.scheduling import Shares
from application.use_cases.verify_wheel import VerifyWheel
from entrypoints.settings import WheelSettings


def fetch_policy(settings: WheelSettings) -> FetchPolicy:
    return FetchPolicy(
        max_bytes=settings.max_bytes,
        deadline=settings.deadline_seconds,
        max_concurrent=settings.max_concurrent,
        min_rate=settings.min_bytes_per_second,
    )


def check_shares(settings: WheelSettings) -> Shares:
    usual = Shares.of(settings.max_concurrent)
    customers = min(settings.max_concurrent_customers or usual.customers, usual.total)
    one_customer = min(settings.max_concurrent_per_customer or usual.one_customer, customers)
    return replace(usual, customers=customers, one_customer=one_customer)


def address_policy(settings: WheelSettings) -> AddressPolicy:
    return AddressPolicy.parse(
        networks=settings.allowed_networks, hosts=settings.allowed_hosts, ports=map(int, settings.allowed_ports)
    )


def wheel_fetcher(settings: WheelSettings, *, max_idle: int = 0) -> HttpsWheelFetcher:
    """Return what fetches wheels under these settings, to be closed if it keeps idle connections."""
    stamina.instrumentation.set_on_retry_hooks(())  # they would repeat the fetcher's log lines, and add a metric
    return HttpsWheelFetcher(
        replace(fetch_policy(settings), max_idle=max_idle),
        addresses=address_policy(settings),
        tls=create_ssl_context(settings.ca_bundle),
        spool_directory=settings.spool_dir,
        credentials=None if settings.credentials_file is None else CredentialsFile(settings.credentials_file),
        proxy=None if settings.proxy_url is None else EgressProxy.parse(settings.proxy_url.reveal()),
    )


def open_wheel_verification(settings: WheelSettings) -> VerifyWheel:
    """Wire the verification of wheels alone, which needs neither a realm nor a database."""
    return VerifyWheel(fetcher=wheel_fetcher(settings), reader=ZipWheelReader())
