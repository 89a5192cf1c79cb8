"""What wheel hosts are asked."""

import httpx

from adapters.https.policy import FetchPolicy
from adapters.https.targets import Target


def request_for(target: Target, policy: FetchPolicy) -> httpx.Request:
    """Return a plain GET without anything that identifies the registry's users.

    httpx's URL is only given the host and port: it would rewrite a path, and print its query into logs.
    """
    return httpx.Request(
        "GET",
        httpx.URL(scheme="https", host=target.host, port=target.port),
        headers={
            "Host": target.authority,
            "User-Agent": policy.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        },
        extensions={"target": target.path.encode()},
    )
