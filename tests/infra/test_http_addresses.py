"""Every way we know to write an address that must not be reached, and enough that must."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.infra.addresses import REFUSED, EgressPolicy, EgressRefused, RefusedRange, read_host, refused_range

R = RefusedRange

REFUSED_ADDRESSES: list[tuple[str, RefusedRange]] = [
    ("0.0.0.0", R.UNSPECIFIED),
    ("0.0.0.1", R.UNSPECIFIED),
    ("0.1.2.3", R.UNSPECIFIED),
    ("0.255.255.255", R.UNSPECIFIED),
    ("10.0.0.0", R.PRIVATE),
    ("10.0.0.1", R.PRIVATE),
    ("10.96.0.1", R.PRIVATE),
    ("10.255.255.255", R.PRIVATE),
    ("100.64.0.0", R.CARRIER_NAT),
    ("100.64.0.1", R.CARRIER_NAT),
    ("100.100.100.100", R.CARRIER_NAT),
    ("100.100.100.200", R.METADATA),
    ("100.127.255.255", R.CARRIER_NAT),
    ("127.0.0.0", R.LOOPBACK),
    ("127.0.0.1", R.LOOPBACK),
    ("127.0.0.53", R.LOOPBACK),
    ("127.0.1.1", R.LOOPBACK),
    ("127.1.2.3", R.LOOPBACK),
    ("127.255.255.254", R.LOOPBACK),
    ("127.255.255.255", R.LOOPBACK),
    ("168.63.129.16", R.METADATA),
    ("169.254.0.0", R.LINK_LOCAL),
    ("169.254.0.1", R.LINK_LOCAL),
    ("169.254.169.253", R.LINK_LOCAL),
    ("169.254.169.254", R.METADATA),
    ("169.254.170.2", R.METADATA),
    ("169.254.170.23", R.METADATA),
    ("169.254.255.255", R.LINK_LOCAL),
    ("172.16.0.0", R.PRIVATE),
    ("172.16.0.1", R.PRIVATE),
    ("172.17.0.1", R.PRIVATE),
    ("172.20.10.1", R.PRIVATE),
    ("172.31.255.255", R.PRIVATE),
    ("192.0.0.0", R.RESERVED),
    ("192.0.0.8", R.RESERVED),
    ("192.0.0.170", R.RESERVED),
    ("192.0.0.192", R.METADATA),
    ("192.0.2.1", R.DOCUMENTATION),
    ("192.0.2.255", R.DOCUMENTATION),
    ("192.31.196.1", R.RESERVED),
    ("192.52.193.1", R.RESERVED),
    ("192.88.99.1", R.EMBEDDED_IPV4),
    ("192.168.0.0", R.PRIVATE),
    ("192.168.0.1", R.PRIVATE),
    ("192.168.1.254", R.PRIVATE),
    ("192.168.255.255", R.PRIVATE),
    ("192.175.48.1", R.RESERVED),
    ("198.18.0.0", R.BENCHMARK),
    ("198.18.0.1", R.BENCHMARK),
    ("198.19.255.255", R.BENCHMARK),
    ("198.51.100.1", R.DOCUMENTATION),
    ("203.0.113.1", R.DOCUMENTATION),
    ("203.0.113.255", R.DOCUMENTATION),
    ("224.0.0.0", R.MULTICAST),
    ("224.0.0.1", R.MULTICAST),
    ("224.0.0.251", R.MULTICAST),
    ("233.252.0.1", R.MULTICAST),
    ("239.255.255.250", R.MULTICAST),
    ("239.255.255.255", R.MULTICAST),
    ("240.0.0.0", R.RESERVED),
    ("240.0.0.1", R.RESERVED),
    ("250.1.2.3", R.RESERVED),
    ("255.255.255.254", R.RESERVED),
    ("255.255.255.255", R.RESERVED),
    ("::", R.UNSPECIFIED),
    ("0:0:0:0:0:0:0:0", R.UNSPECIFIED),
    ("::1", R.LOOPBACK),
    ("0:0:0:0:0:0:0:1", R.LOOPBACK),
    ("0000:0000:0000:0000:0000:0000:0000:0001", R.LOOPBACK),
    ("::2", R.EMBEDDED_IPV4),
    ("::127.0.0.1", R.EMBEDDED_IPV4),
    ("::7f00:1", R.EMBEDDED_IPV4),
    ("::10.0.0.1", R.EMBEDDED_IPV4),
    ("::8.8.8.8", R.EMBEDDED_IPV4),
    ("::169.254.169.254", R.EMBEDDED_IPV4),
    ("::ffff:127.0.0.1", R.EMBEDDED_IPV4),
    ("::ffff:7f00:1", R.EMBEDDED_IPV4),
    ("::FFFF:7F00:0001", R.EMBEDDED_IPV4),
    ("0:0:0:0:0:ffff:127.0.0.1", R.EMBEDDED_IPV4),
    ("0:0:0:0:0:ffff:7f00:1", R.EMBEDDED_IPV4),
    ("0000:0000:0000:0000:0000:ffff:7f00:0001", R.EMBEDDED_IPV4),
    ("::ffff:10.1.2.3", R.EMBEDDED_IPV4),
    ("::ffff:0.0.0.0", R.EMBEDDED_IPV4),
    ("::ffff:169.254.169.254", R.EMBEDDED_IPV4),
    ("::ffff:a9fe:a9fe", R.EMBEDDED_IPV4),
    ("::ffff:192.168.1.1", R.EMBEDDED_IPV4),
    ("::ffff:172.16.0.1", R.EMBEDDED_IPV4),
    ("::ffff:100.64.0.1", R.EMBEDDED_IPV4),
    ("::ffff:8.8.8.8", R.EMBEDDED_IPV4),
    ("::ffff:0:127.0.0.1", R.EMBEDDED_IPV4),
    ("::ffff:0:7f00:1", R.EMBEDDED_IPV4),
    ("::ffff:0:10.0.0.1", R.EMBEDDED_IPV4),
    ("64:ff9b::127.0.0.1", R.EMBEDDED_IPV4),
    ("64:ff9b::7f00:1", R.EMBEDDED_IPV4),
    ("64:ff9b::10.0.0.1", R.EMBEDDED_IPV4),
    ("64:ff9b::169.254.169.254", R.EMBEDDED_IPV4),
    ("64:ff9b::8.8.8.8", R.EMBEDDED_IPV4),
    ("64:ff9b:1::1", R.EMBEDDED_IPV4),
    ("64:ff9b:1:fffe::7f00:1", R.EMBEDDED_IPV4),
    ("100::", R.RESERVED),
    ("100::1", R.RESERVED),
    ("100:0:0:1::1", R.UNALLOCATED),
    ("2001::", R.EMBEDDED_IPV4),
    ("2001::1", R.EMBEDDED_IPV4),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", R.EMBEDDED_IPV4),
    ("2001:0:7f00:1::", R.EMBEDDED_IPV4),
    ("2001:1::1", R.RESERVED),
    ("2001:2::1", R.BENCHMARK),
    ("2001:3::1", R.RESERVED),
    ("2001:4:112::1", R.RESERVED),
    ("2001:10::1", R.RESERVED),
    ("2001:20::1", R.RESERVED),
    ("2001:30::1", R.RESERVED),
    ("2001:1ff:ffff::1", R.RESERVED),
    ("2001:db8::", R.DOCUMENTATION),
    ("2001:db8::1", R.DOCUMENTATION),
    ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", R.DOCUMENTATION),
    ("2002::", R.EMBEDDED_IPV4),
    ("2002:7f00:1::", R.EMBEDDED_IPV4),
    ("2002:7f00:0001::1", R.EMBEDDED_IPV4),
    ("2002:a00:1::", R.EMBEDDED_IPV4),
    ("2002:a9fe:a9fe::", R.EMBEDDED_IPV4),
    ("2002:c0a8:101::1", R.EMBEDDED_IPV4),
    ("2002:808:808::1", R.EMBEDDED_IPV4),
    ("2620:4f:8000::1", R.RESERVED),
    ("3fff::1", R.DOCUMENTATION),
    ("3fff:fff::1", R.DOCUMENTATION),
    ("2a00:1450:4001:81b:0:5efe:7f00:1", R.EMBEDDED_IPV4),
    ("2a00:1450:4001:81b:0:5efe:127.0.0.1", R.EMBEDDED_IPV4),
    ("2a00:1450:4001:81b:200:5efe:10.0.0.1", R.EMBEDDED_IPV4),
    ("4000::1", R.UNALLOCATED),
    ("5f00::1", R.RESERVED),
    ("8000::1", R.UNALLOCATED),
    ("c000::1", R.UNALLOCATED),
    ("e000::1", R.UNALLOCATED),
    ("1::1", R.UNALLOCATED),
    ("1fff::1", R.UNALLOCATED),
    ("fc00::", R.PRIVATE),
    ("fc00::1", R.PRIVATE),
    ("fd00::1", R.PRIVATE),
    ("fd00:ec2::254", R.METADATA),
    ("fd00:ec2::253", R.PRIVATE),
    ("fd20:ce::254", R.METADATA),
    ("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", R.PRIVATE),
    ("fe00::1", R.UNALLOCATED),
    ("fe80::", R.LINK_LOCAL),
    ("fe80::1", R.LINK_LOCAL),
    ("fe80::a9fe:a9fe", R.LINK_LOCAL),
    ("febf::1", R.LINK_LOCAL),
    ("fec0::1", R.PRIVATE),
    ("feff::1", R.PRIVATE),
    ("ff00::", R.MULTICAST),
    ("ff01::1", R.MULTICAST),
    ("ff02::1", R.MULTICAST),
    ("ff02::fb", R.MULTICAST),
    ("ff05::2", R.MULTICAST),
    ("ff0e::1", R.MULTICAST),
    ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", R.MULTICAST),
]

ODD_FORMS = [
    # one number
    "2130706433", "0", "1", "3232235777", "2852039166", "4294967295", "4294967296", "017700000001", "02130706433",
    # hexadecimal
    "0x7f000001", "0X7F000001", "0x7f.0x0.0x0.0x1", "0x7f.0.0.1", "0x7f.1", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe",
    "127.0.0.0x1", "0x", "0x0", "1.0x2.3.4",
    # octal and leading zeros
    "0177.0.0.1", "0177.0.0.01", "127.0.0.01", "127.0.0.001", "0127.0.0.1", "010.8.8.8", "08.8.8.8", "0251.0376.0251.0376",
    "00000000000000000177.0.0.1", "192.168.01.1",
    # short and long
    "127.1", "127.0.1", "10.1", "0.0", "1.2.3", "8.8.8", "169.254.43518", "1.2.3.4.5", "256.1.1.1", "1.1.1.256",
    "999.999.999.999", "127.65536", "127.0.65536",
    # marks and blanks
    "127.0.0.1.", "1.1.1.1.", "127..0.0.1", ".127.0.0.1", "127.0.0.1 ", " 127.0.0.1", "127.0.0.1\t", "127.0.0.1\n",
    "127.0.0.+1", "-127.0.0.1", "127_0_0_1.1", "0b1111111.0.0.1",
    # digits of other scripts and look-alikes
    "１２７.0.0.1", "①②⑦.0.0.1", "१२७.०.०.१", "127。0。0。1", "127．0．0．1", "ⓛocalhost", "ｌocalhost",
    # broken IPv6 and zones
    "::1%lo", "fe80::1%eth0", "fe80::1%25eth0", "[fe80::1%1]", "[::1", "::1]", "[[::1]]", "[]", ":", ":::", "1:2:3",
    "::1::", "1:2:3:4:5:6:7:8:9", "::ffff:127.0.0.1.1", "::ffff:127.1", "::ffff:0x7f000001", "::ffff:0177.0.0.1", "g::1",
    "::12345", "0x::1",
    # not names
    "", ".", "..", "-", "a..b", "-a.example", "a-.example", "exa mple.com", "ex%61mple.com", "a/b", "a\\b", "a@b", "a#b",
    "a?b", "a:80", "a\x00b", "*", "*.example.com", "a" * 64 + ".example", ".".join(["a" * 60] * 5), "example.com:80",
]  # fmt: skip

REACHABLE = [
    "1.0.0.1", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255",
    "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
    "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "2000::1",
    "2001:200::1", "2001:4860:4860::8888", "2003::1", "2400:cb00::1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e",
    "3ffe::1",
]  # fmt: skip

NAMES = ["example.com", "EXAMPLE.com", "example.com.", "xn--zca.de", "a", "host_1.internal", "1password.com", "3com.com",
         "0x.example", "1e3", "127.0.0.1.nip.io", "1.2.3.com", "localhost", "a-b.c--d.kr"]  # fmt: skip


def test_the_table_is_large() -> None:
    assert len({*(address for address, _ in REFUSED_ADDRESSES), *ODD_FORMS, *REACHABLE, *NAMES}) >= 200


@pytest.mark.parametrize(("text", "why"), REFUSED_ADDRESSES)
def test_refused_addresses(text: str, why: RefusedRange) -> None:
    address = read_host(text)
    assert not isinstance(address, str)
    assert refused_range(address) is why
    with pytest.raises(EgressRefused):
        EgressPolicy().check(text, [address])
    if address.version == 6:
        assert read_host(f"[{text}]") == address


@pytest.mark.parametrize("text", ODD_FORMS)
def test_odd_forms_are_refused_before_anything_resolves_them(text: str) -> None:
    with pytest.raises(EgressRefused):
        read_host(text)


@pytest.mark.parametrize("text", REACHABLE)
def test_public_addresses_are_reachable(text: str) -> None:
    address = read_host(text)
    assert not isinstance(address, str)
    EgressPolicy().check(text, [address])


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_names(name: str) -> None:
    assert read_host(name) == name.lower().rstrip(".")


@given(st.ip_addresses(v=4))
def test_the_v4_list_is_at_least_as_strict_as_the_standard_library(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert refused_range(address) is not None


@given(st.ip_addresses(v=6))
def test_the_v6_list_is_at_least_as_strict_as_the_standard_library(address: IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.ipv4_mapped or address.sixtofour or address.teredo:
        assert refused_range(address) is not None


@given(st.sampled_from(REFUSED), st.data())
def test_both_ends_and_the_inside_of_every_range_are_refused(
    entry: tuple[object, RefusedRange], data: st.DataObject
) -> None:
    network = ip_network(str(entry[0]))
    first, last = int(network.network_address), int(network.broadcast_address)
    for number in (first, last, data.draw(st.integers(first, last))):
        address = IPv4Address(number) if network.version == 4 else IPv6Address(number)
        assert refused_range(address) is not None


def test_a_network_opens_exactly_itself() -> None:
    policy = EgressPolicy.read(["10.1.0.0/16", "fd00:1::/32", "192.168.1.7"])
    for open_address in ("10.1.2.3", "fd00:1::5", "192.168.1.7"):
        policy.check("x", [ip_address(open_address)])
    for shut in ("10.2.0.1", "fd00:2::5", "192.168.1.8", "127.0.0.1", "::ffff:10.1.2.3"):
        with pytest.raises(EgressRefused):
            policy.check("x", [ip_address(shut)])


def test_a_name_opens_private_answers_of_that_name_only() -> None:
    policy = EgressPolicy.read(["metrics.corp", "*.lab.example"])
    for host in ("metrics.corp", "METRICS.corp.", "a.lab.example", "b.a.lab.example"):
        policy.check(host, [ip_address("10.0.0.5"), ip_address("127.0.0.1")])
    for host in ("other.corp", "xmetrics.corp", "lab.example", "evil-lab.example", "10.0.0.5"):
        with pytest.raises(EgressRefused):
            policy.check(host, [ip_address("10.0.0.5")])


@pytest.mark.parametrize("never", ["169.254.169.254", "169.254.0.9", "224.0.0.1", "240.0.0.1", "::ffff:10.0.0.1"])
def test_a_name_never_opens_metadata_multicast_or_tunnels(never: str) -> None:
    with pytest.raises(EgressRefused):
        EgressPolicy.read(["metrics.corp"]).check("metrics.corp", [ip_address(never)])


def test_one_bad_answer_among_good_ones_refuses_all() -> None:
    with pytest.raises(EgressRefused):
        EgressPolicy().check("mixed.example", [ip_address("1.1.1.1"), ip_address("10.0.0.1")])


@pytest.mark.parametrize(
    "entry", ["10.0.0.1/8", "300.1.1.1", "http://x", "a b", "10.0.0.0/99", "*", "*.", "", "0x7f.1"]
)
def test_a_wrong_entry_of_the_allow_list_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="egress allow-list"):
        EgressPolicy.read([entry])
