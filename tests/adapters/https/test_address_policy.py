"""Hosts and addresses that a registered URL must not lead the registry to."""

import ipaddress
import ssl
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.https import special_purpose_ranges
from adapters.https.address_policy import AddressPolicy, is_local
from adapters.https.connector import Connector
from adapters.https.fetch_request import FetchUrl
from adapters.https.special_purpose_ranges import IPAddress, IPNetwork
from domain.errors import InvalidWheelUrlError, WheelProblem, WheelRefusedError
from domain.wheel.url import WheelUrl

pytestmark = pytest.mark.hostile

FILE = "/a-1.0-py3-none-any.whl"

FORBIDDEN = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "5f00::1",
    "4000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:42::42",
    "fd00:c1::a9fe:a9fe",
    "fd00:100::100:200",
    "fd00:a9fe:a9fe::1",
    "fe80::1",
    "fe80::1%eth0",
    "fe80::a9fe:a9fe",
    "fec0::1",
    "ff02::1",
    "2606:4700::1%eth0",
    "not an address",
    "",
]

PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "151.101.1.1",
    "168.63.129.15",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700::1",
    "2a04:4e42::1",
    "3ffd::1",
]


def _never_own(address: IPAddress) -> bool:
    return False


def _rules(*networks: str, hosts: Sequence[str] = ()) -> AddressPolicy:
    parsed = AddressPolicy.parse(networks=networks, hosts=hosts)
    return AddressPolicy(parsed.allowed_networks, parsed.allowed_hosts, _never_own)


def _is_refused(rules: AddressPolicy, answer: str, host: str = "wheels.example.com") -> bool:
    try:
        rules.check(host, answer)
    except WheelRefusedError as error:
        refusal = error
    else:
        return False
    assert refusal.problem is WheelProblem.ADDRESS_FORBIDDEN
    assert not answer or answer not in refusal.detail
    return True


@pytest.mark.parametrize("answer", FORBIDDEN)
def test_a_special_address_is_refused_without_telling_the_caller_which_one(answer: str) -> None:
    assert _is_refused(_rules(), answer)


@pytest.mark.parametrize("answer", PUBLIC)
def test_a_public_address_is_reached(answer: str) -> None:
    assert not _is_refused(_rules(), answer)


@pytest.mark.parametrize(
    ("network", "reached", "still_refused"),
    [
        ("10.0.0.0/8", "10.1.2.3", "11.0.0.1%x"),
        ("10.0.0.0/8", "10.1.2.3", "::ffff:10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3", "64:ff9b::a01:203"),
        ("192.0.2.0/24", "192.0.2.9", "198.51.100.9"),
        ("2001:db8::/32", "2001:db8::9", "3fff::9"),
        ("fd00::/8", "fd12::1", "fd00:ec2::254"),
        ("fd00::/8", "fd12::1", "fd20:ce::254"),
        ("fd00::/8", "fd12::1", "fd00:42::42"),
        ("fd00::/8", "fd12::1", "fd00:c1::a9fe:a9fe"),
        ("fd00::/8", "fd12::1", "fd00:100::100:200"),
        ("fd00::/8", "fd12::1", "fd00:a9fe:a9fe::1"),
        ("100.64.0.0/10", "100.64.0.1", "100.100.100.200"),
        ("0.0.0.0/0", "10.0.0.1", "169.254.169.254"),
        ("0.0.0.0/0", "10.0.0.1", "127.0.0.1"),
        ("0.0.0.0/0", "10.0.0.1", "168.63.129.16"),
        ("0.0.0.0/0", "10.0.0.1", "0.0.0.0"),
        ("::/0", "fd12::1", "::1"),
        ("::/0", "fd12::1", "::ffff:169.254.169.254"),
        ("::/0", "fd12::1", "2002:a9fe:a9fe::1"),
        ("::/0", "fd12::1", "fe80::1"),
        ("127.0.0.1/32", "127.0.0.1", "127.0.0.2"),
        ("127.0.0.1", "127.0.0.1", "::ffff:127.0.0.1"),
        ("::1/128", "::1", "127.0.0.1"),
        ("169.254.169.254/32", "169.254.169.254", "169.254.169.253"),
        ("169.254.169.254/31", "8.8.8.8", "169.254.169.254"),
    ],
)
def test_an_allowed_network_opens_itself_and_nothing_that_hides_in_it(
    network: str, reached: str, still_refused: str
) -> None:
    assert not _is_refused(_rules(network), reached)
    assert _is_refused(_rules(network), still_refused)


@pytest.mark.parametrize("answer", ["169.254.169.254", "127.0.0.1", "fd00:ec2::254", "::ffff:10.0.0.1", "::1"])
def test_an_allowed_host_may_be_private_but_neither_metadata_nor_this_host(answer: str) -> None:
    rules = _rules(hosts=["Wheels.Internal."])
    assert not _is_refused(rules, "10.0.0.1", host="wheels.internal")
    assert _is_refused(rules, answer, host="wheels.internal")
    assert _is_refused(rules, "10.0.0.1", host="other.internal")


def test_an_address_of_this_host_is_refused_even_in_an_allowed_network_unless_it_is_listed_exactly() -> None:
    def own(address: IPAddress) -> bool:
        return str(address) in {"10.0.0.5", "8.8.4.4"}

    wide = AddressPolicy(frozenset({IPv4Network("10.0.0.0/8")}), frozenset({"wheels.internal"}), own)
    exact = AddressPolicy(frozenset({IPv4Network("10.0.0.5/32")}), frozenset(), own)
    assert _is_refused(wide, "10.0.0.5", host="wheels.internal")
    assert _is_refused(wide, "8.8.4.4")
    assert not _is_refused(wide, "10.0.0.6")
    assert not _is_refused(exact, "10.0.0.5")


@pytest.mark.parametrize("port", [22, 80, 8443])
def test_other_ports_than_443_are_for_what_the_operator_allows(port: int) -> None:
    with pytest.raises(WheelRefusedError, match="port 443") as refusal:
        _rules().check("wheels.example.com", "1.1.1.1", port=port)
    assert refusal.value.problem is WheelProblem.ADDRESS_FORBIDDEN

    for rules in (
        AddressPolicy.parse(ports=[443, port]),
        AddressPolicy.parse(hosts=["wheels.example.com"]),
        AddressPolicy.parse(networks=["1.1.1.0/24"]),
    ):
        assert str(rules.check("wheels.example.com", "1.1.1.1", port=port)) == "1.1.1.1"


def test_a_name_without_a_domain_is_another_host_elsewhere() -> None:
    with pytest.raises(WheelRefusedError, match="has no domain"):
        _rules().check("wheels", "1.1.1.1")
    assert not _is_refused(_rules("172.16.0.0/12"), "172.16.0.2", host="wheels")
    assert not _is_refused(_rules(hosts=["wheels"]), "1.1.1.1", host="wheels")


@pytest.mark.parametrize(("address", "own"), [("127.0.0.1", True), ("240.0.0.1", False), ("100::1", False)])
def test_the_kernel_knows_which_addresses_are_this_hosts(address: str, own: bool) -> None:
    assert is_local(ipaddress.ip_address(address)) is own


@pytest.mark.parametrize("network", ["10.0.0.1/8", "10.0.0.0/33", "nonsense", ""])
def test_an_invalid_network_fails_at_the_start(network: str) -> None:
    with pytest.raises(ValueError, match=network or "empty|''"):
        AddressPolicy.parse(networks=[network])


_BLOCKS: list[IPNetwork] = [
    block for block, _ in (*special_purpose_ranges._NEVER_ROUTABLE, *special_purpose_ranges._SPECIAL_PURPOSE)
]


def _within(block: IPNetwork) -> st.SearchStrategy[IPAddress]:
    return st.integers(0, block.num_addresses - 1).map(lambda offset: block[offset])


@given(address=st.sampled_from(_BLOCKS).flatmap(_within))
def test_no_special_purpose_address_is_allowed(address: IPAddress) -> None:
    assert _is_refused(_rules(), str(address))
    if isinstance(address, IPv6Address):
        assert _is_refused(_rules(), address.exploded)


@given(number=st.integers(0, 2**32 - 1))
def test_no_ipv4_address_is_reached_in_an_ipv6_spelling(number: int) -> None:
    prefixes = ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/96")
    spellings = [IPv6Network(prefix)[number] for prefix in prefixes]
    spellings += [
        IPv6Address((0x2002 << 112) | (number << 80)),
        IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),
    ]
    for rules in (_rules(), _rules("0.0.0.0/0", "::/0", hosts=["wheels.example.com"])):
        assert all(_is_refused(rules, str(spelling)) for spelling in spellings)


@given(address=st.ip_addresses())
def test_whatever_is_reached_is_global_to_python_too(address: IPv4Address | IPv6Address) -> None:
    if not _is_refused(_rules(), str(address)):
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.example.0x1",
        "127.0.0.256",
        "1.2.3",
        "１２７.0.0.1",  # noqa: RUF001 - full-width digits are the point
        "127。0。0。1",
        "①②⑦.0.0.1",
        "[fe80::1%25eth0]",
        "[::1",
        "[127.0.0.1]",
        "[::ffff:127.0.0.1",
        "user@127.0.0.1",
        "wheels.example.com@127.0.0.1",
        "127.0.0.1%00.example.com",
        "loca lhost",
        "exa\\mple.com",
        "a..b",
        "-a.example.com",
        "xn--.example.com",
        "xn--a\u0000.example.com",
        "",
        ".",
        "a" * 64 + ".example.com",
        "example.com:0",
        "example.com:65536",
        "example.com:-1",
        "example.com:٤٤٣",
        "example.com:443:443",
    ],
)
def test_a_host_in_a_spelling_that_a_resolver_may_read_otherwise_is_refused_everywhere(host: str) -> None:
    with pytest.raises(InvalidWheelUrlError):
        WheelUrl.parse(f"https://{host}{FILE}")
    with pytest.raises(WheelRefusedError) as refusal:
        FetchUrl("wheels.example.com", 443, FILE).redirected(f"https://{host}{FILE}")
    assert refusal.value.problem is WheelProblem.REDIRECT_FORBIDDEN


@pytest.mark.parametrize(
    ("location", "host", "port", "path"),
    [
        ("https://Storage.example.com/b?X-Sig=a%2Bb&x=1#part", "storage.example.com", 443, "/b?X-Sig=a%2Bb&x=1"),
        ("HTTPS://storage.example.com:8443", "storage.example.com", 8443, "/"),
        ("https://storage.example.com?x=1", "storage.example.com", 443, "/?x=1"),
        ("//storage.example.com/b", "storage.example.com", 443, "/b"),
        ("/b?x=https://other.example.com", "wheels.example.com", 443, "/b?x=https://other.example.com"),
        ("b.whl", "wheels.example.com", 443, "/files/b.whl"),
        ("../b.whl", "wheels.example.com", 443, "/b.whl"),
        ("?x=1", "wheels.example.com", 443, "/files/a.whl?x=1"),
        ("https://[2606:4700::1]:444/b", "2606:4700::1", 444, "/b"),
    ],
)
def test_a_redirect_is_read_as_it_is_meant(location: str, host: str, port: int, path: str) -> None:
    assert FetchUrl("wheels.example.com", 443, "/files/a.whl").redirected(location) == FetchUrl(host, port, path)


@pytest.mark.parametrize(
    "location",
    [
        "http://storage.example.com/b",
        "ftp://storage.example.com/b",
        "file:///etc/passwd",
        "https:storage.example.com/b",
        "https:/storage.example.com/b",
        "https:///storage.example.com/b",
        "///storage.example.com/b",
        "javascript:alert(1)",
        "https://user:password@storage.example.com/b",
        "https://storage.example.com\\@127.0.0.1/b",
        "/a b",
        "/\tb",
        "/\u00e9",
        "/" + "a" * 9000,
    ],
)
def test_a_redirect_to_anything_but_a_plain_https_url_is_refused(location: str) -> None:
    with pytest.raises(WheelRefusedError) as refusal:
        FetchUrl("wheels.example.com", 443, "/files/a.whl").redirected(location)
    assert refusal.value.problem is WheelProblem.REDIRECT_FORBIDDEN


class ScriptedResolver:
    """Gives one answer after the other, the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "10.0.0.1"],
        ["10.0.0.1", "1.1.1.1"],
        ["2606:4700::1", "::1"],
        ["1.1.1.1"] * 9 + ["::"],
    ],
)
async def test_one_forbidden_answer_refuses_the_host_before_anything_is_connected(answers: list[str]) -> None:
    with pytest.raises(WheelRefusedError) as refusal:
        await _connector(ScriptedResolver(answers)).resolve("wheels.example.com", seconds=10)
    assert refusal.value.problem is WheelProblem.ADDRESS_FORBIDDEN


async def test_a_literal_address_is_checked_without_asking_a_resolver() -> None:
    resolver = ScriptedResolver(["1.1.1.1"])
    with pytest.raises(WheelRefusedError):
        await _connector(resolver).resolve("::1", seconds=10)
    assert resolver.asked == []


async def test_a_host_without_addresses_cannot_be_connected_to() -> None:
    connector = _connector(ScriptedResolver([]))
    addresses = await connector.resolve("wheels.example.com", seconds=10)
    with pytest.raises(OSError, match="no address"):
        await connector.connect("wheels.example.com", 443, addresses, seconds=10)


def _connector(resolver: ScriptedResolver) -> Connector:
    return Connector(policy=_rules(), resolver=resolver, tls=ssl.create_default_context())
