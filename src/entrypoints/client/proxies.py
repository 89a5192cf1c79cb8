"""Proxies from the environment, chosen as curl and requests choose them."""

import ipaddress
import re
import ssl
from urllib.request import getproxies

import httpx

from entrypoints.client.errors import UnusableError

_EXCEPTION = re.compile(r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[^]]*\]|[^:/]*)(?::(?P<port>\d+))?/?", re.ASCII)
_BRACKETS = re.compile(r"^\[([^]]*)\](?=/|$)")


class EnvironmentTransport(httpx.BaseTransport):
    """Sends each request through the proxy that the environment names for its URL, or directly.

    httpx can do this itself, but cannot be set up where ``NO_PROXY`` has an IPv6 network or ``ALL_PROXY`` is a SOCKS
    proxy, even if no request would use that proxy.
    """

    def __init__(self, tls: ssl.SSLContext, limits: httpx.Limits) -> None:
        """Read ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in upper or lower case."""
        self._tls = tls
        self._limits = limits
        self._proxies = {scheme: url.strip() for scheme, url in getproxies().items()}
        self._transports: dict[str | None, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            UnusableError: Its proxy cannot be used.
        """
        named = self._proxy_for(request.url)
        if named not in self._transports:
            self._transports[named] = self._open(named)
        try:
            return self._transports[named].handle_request(request)
        except UnicodeError:  # the name service's; httpx does not translate it
            if named is None:
                raise
            raise _no_proxy_url(named) from None

    def close(self) -> None:
        """Close every connection."""
        for transport in self._transports.values():
            transport.close()

    def _proxy_for(self, url: httpx.URL) -> str | None:
        """Return the key of the proxy for a URL, or None for a direct connection."""
        named = next((scheme for scheme in (url.scheme, "all") if self._proxies.get(scheme)), None)
        exceptions = re.split(r"[,\s]+", self._proxies.get("no", "").lower())
        return None if any(excepts(exception, url) for exception in exceptions) else named

    def _open(self, named: str | None) -> httpx.HTTPTransport:
        if named is None:
            return httpx.HTTPTransport(verify=self._tls, limits=self._limits)
        written = self._proxies[named]
        try:
            proxy = httpx.Proxy(written if "://" in written else f"http://{written}")
            if proxy.url.scheme == "https":
                proxy.ssl_context = self._tls
            return httpx.HTTPTransport(verify=self._tls, limits=self._limits, proxy=proxy)
        except ImportError:
            raise UnusableError(
                f"{named.upper()}_PROXY is a SOCKS proxy, which needs another package: pip install socksio. "
                "Or name the hosts that need no proxy in NO_PROXY"
            ) from None
        except (ValueError, httpx.InvalidURL):
            raise _no_proxy_url(named) from None


def _no_proxy_url(named: str) -> UnusableError:
    return UnusableError(f"{named.upper()}_PROXY is not the URL of a proxy, http://host:port; correct or unset it")


def excepts(exception: str, url: httpx.URL) -> bool:
    """Tell whether an entry of ``NO_PROXY`` is about a URL.

    It is ``*``, an address, a network, or a domain with all below it; an address and a domain may have a port.
    """
    if exception == "*":
        return True
    network = _network(exception)
    if network is not None:
        address = _network(url.host)
        return address is not None and address.version == network.version and address.network_address in network
    entry = _EXCEPTION.fullmatch(exception)
    if entry is None or not entry["host"]:
        return False
    if entry["scheme"] not in {None, "all", url.scheme} or (entry["port"] and int(entry["port"]) != _port(url)):
        return False
    if (literal := _network(entry["host"])) is not None:
        return literal == _network(url.host)
    domain, host = entry["host"].lstrip("*").strip("."), url.host.lower().rstrip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(_BRACKETS.sub(r"\1", text), strict=False)
    except ValueError:
        return None


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
