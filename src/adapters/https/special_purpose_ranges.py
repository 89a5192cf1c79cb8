"""Address ranges that are not the public internet.

Explicit tables, because ``ipaddress.is_global`` answers differently per Python version and wrongly on several of them.
Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 4291, RFC 6890, the clouds' own documentation.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

cached = lru_cache(maxsize=1024)
"""Caches facts about an address: most wheels come from few."""

_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")

# An allowed network never includes these; only listing the exact address allows one. The forms that embed an IPv4
# address are here too, or allowing them would allow every IPv4 address in another spelling.
_NEVER_ROUTABLE = (
    (IPv4Network("0.0.0.0/8"), "this host"),
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("169.254.0.0/16"), "link-local, where clouds keep their metadata"),
    (IPv4Network("168.63.129.16/32"), "Azure's host service"),
    (IPv4Network("100.100.100.200/32"), "Alibaba Cloud's metadata"),
    (IPv4Network("192.0.0.192/32"), "Oracle Cloud's metadata"),
    (IPv6Network("fe80::/10"), "link-local"),
    (IPv6Network("fd00:ec2::/32"), "AWS's metadata"),
    (IPv6Network("fd20:ce::/32"), "Google Cloud's metadata"),
    (IPv6Network("fd00:42::/32"), "Scaleway's metadata"),
    (IPv6Network("fd00:c1::/32"), "Oracle Cloud's metadata"),
    (IPv6Network("fd00:100::/32"), "Alibaba Cloud's metadata"),
    (IPv6Network("fd00:a9fe:a9fe::/48"), "Akamai's metadata"),
    (IPv6Network("::/96"), "unspecified, loopback or IPv4-compatible"),
    (IPv6Network("::ffff:0:0/96"), "IPv4-mapped"),
    (IPv6Network("::ffff:0:0:0/96"), "IPv4-translated"),
    (IPv6Network("64:ff9b::/96"), "NAT64"),
    (IPv6Network("64:ff9b:1::/48"), "local NAT64"),
    (IPv6Network("2001::/32"), "Teredo"),
    (IPv6Network("2002::/16"), "6to4"),
)

_SPECIAL_PURPOSE = (
    (IPv4Network("10.0.0.0/8"), "private"),
    (IPv4Network("100.64.0.0/10"), "carrier-grade NAT"),
    (IPv4Network("172.16.0.0/12"), "private"),
    (IPv4Network("192.0.0.0/24"), "protocol assignments"),
    (IPv4Network("192.0.2.0/24"), "documentation"),
    (IPv4Network("192.31.196.0/24"), "AS112"),
    (IPv4Network("192.52.193.0/24"), "multicast tunnelling"),
    (IPv4Network("192.88.99.0/24"), "6to4 relays"),
    (IPv4Network("192.168.0.0/16"), "private"),
    (IPv4Network("192.175.48.0/24"), "AS112"),
    (IPv4Network("198.18.0.0/15"), "benchmarking"),
    (IPv4Network("198.51.100.0/24"), "documentation"),
    (IPv4Network("203.0.113.0/24"), "documentation"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),
    (IPv6Network("2001::/23"), "protocol assignments"),
    (IPv6Network("2001:db8::/32"), "documentation"),
    (IPv6Network("2620:4f:8000::/48"), "AS112"),
    (IPv6Network("3ffe::/16"), "6bone"),
    (IPv6Network("3fff::/20"), "documentation"),
)


@cached
def never_routable_range(address: IPAddress) -> str | None:
    """Name the range if only listing the exact address allows it."""
    return next((name for block, name in _NEVER_ROUTABLE if address in block), None)


@cached
def special_purpose_range(address: IPAddress) -> str | None:
    """Name the range if the address is not global unicast."""
    found = never_routable_range(address) or next((name for block, name in _SPECIAL_PURPOSE if address in block), None)
    if found is None and isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST_V6:
        return "not global unicast"
    return found
