"""Fetches one wheel as the server does, in a process of its own: ``python -m benchmarks.fetching URL CA_BUNDLE``."""

import asyncio
import sys
import time
from pathlib import Path

import structlog
import uvloop

from adapters.https.address_policy import AddressPolicy
from adapters.https.tls import create_ssl_context
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from domain.wheel.url import WheelUrl


async def fetch(url: str, ca_bundle: Path) -> float:
    """Return how many seconds it takes to have the wheel on disk, and hashed."""
    fetcher = HttpsWheelFetcher(
        addresses=AddressPolicy.parse(networks=["127.0.0.1/32"], hosts=[]), tls=create_ssl_context(ca_bundle)
    )
    await asyncio.to_thread(int)  # starts the thread that a server has long had
    started = time.perf_counter()
    with await fetcher.fetch(WheelUrl.parse(url)):
        return time.perf_counter() - started


def main() -> None:
    """Print the seconds."""
    url, ca_bundle = sys.argv[1:]
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.stdout.write(f"{uvloop.run(fetch(url, Path(ca_bundle)))}\n")


if __name__ == "__main__":
    main()
