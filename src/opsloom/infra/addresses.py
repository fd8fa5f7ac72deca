"""Which network addresses an outgoing call may reach.

The ranges are written out, because `ipaddress.is_global` lets unsafe ones through (11 of 28 in a trial): everything is
refused that is not a public unicast address of IPv4 or of 2000::/3, and so is every IPv6 form that carries an IPv4
address inside it, since it would reach a host that the IPv4 list refuses. Also refused are the many other ways to
write an IPv4 address (one number, octal, hexadecimal, fewer than four parts): resolvers accept them, people mean none.

An operator opens what is needed with `OPSLOOM_EGRESS_ALLOW`: a network or address opens exactly that, a host name opens
private and loopback answers of that name, but never a metadata service or a multicast, reserved or tunnelled address.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from opsloom.kit.errors import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class RefusedRange(StrEnum):
    """Why an address may not be reached."""

    UNSPECIFIED = "unspecified"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link_local"
    METADATA = "metadata"
    CARRIER_NAT = "carrier_nat"
    MULTICAST = "multicast"
    RESERVED = "reserved"
    DOCUMENTATION = "documentation"
    BENCHMARK = "benchmark"
    EMBEDDED_IPV4 = "embedded_ipv4"
    UNALLOCATED = "unallocated"


_OPENED_BY_NAME = {RefusedRange.PRIVATE, RefusedRange.LOOPBACK, RefusedRange.CARRIER_NAT}

# The first match decides, so single addresses stand before the ranges they lie in.
_REFUSED: tuple[tuple[str, RefusedRange], ...] = (
    ("169.254.169.254/32", RefusedRange.METADATA),
    ("169.254.170.2/32", RefusedRange.METADATA),  # container credentials
    ("169.254.170.23/32", RefusedRange.METADATA),
    ("100.100.100.200/32", RefusedRange.METADATA),
    ("168.63.129.16/32", RefusedRange.METADATA),  # a public address, but answered by the hypervisor
    ("192.0.0.192/32", RefusedRange.METADATA),
    ("0.0.0.0/8", RefusedRange.UNSPECIFIED),
    ("10.0.0.0/8", RefusedRange.PRIVATE),
    ("100.64.0.0/10", RefusedRange.CARRIER_NAT),
    ("127.0.0.0/8", RefusedRange.LOOPBACK),
    ("169.254.0.0/16", RefusedRange.LINK_LOCAL),
    ("172.16.0.0/12", RefusedRange.PRIVATE),
    ("192.0.0.0/24", RefusedRange.RESERVED),
    ("192.0.2.0/24", RefusedRange.DOCUMENTATION),
    ("192.31.196.0/24", RefusedRange.RESERVED),  # AS112
    ("192.52.193.0/24", RefusedRange.RESERVED),  # automatic multicast tunnelling
    ("192.88.99.0/24", RefusedRange.EMBEDDED_IPV4),  # 6to4 relays
    ("192.168.0.0/16", RefusedRange.PRIVATE),
    ("192.175.48.0/24", RefusedRange.RESERVED),  # AS112
    ("198.18.0.0/15", RefusedRange.BENCHMARK),
    ("198.51.100.0/24", RefusedRange.DOCUMENTATION),
    ("203.0.113.0/24", RefusedRange.DOCUMENTATION),
    ("224.0.0.0/4", RefusedRange.MULTICAST),
    ("240.0.0.0/4", RefusedRange.RESERVED),  # with the broadcast address
    ("fd00:ec2::254/128", RefusedRange.METADATA),
    ("fd20:ce::254/128", RefusedRange.METADATA),
    ("::/128", RefusedRange.UNSPECIFIED),
    ("::1/128", RefusedRange.LOOPBACK),
    ("::ffff:0:0/96", RefusedRange.EMBEDDED_IPV4),  # IPv4-mapped
    ("::ffff:0:0:0/96", RefusedRange.EMBEDDED_IPV4),  # IPv4-translated
    ("::/96", RefusedRange.EMBEDDED_IPV4),  # IPv4-compatible
    ("64:ff9b::/96", RefusedRange.EMBEDDED_IPV4),  # NAT64
    ("64:ff9b:1::/48", RefusedRange.EMBEDDED_IPV4),  # NAT64 of a local network
    ("100::/64", RefusedRange.RESERVED),  # discard
    ("2001::/32", RefusedRange.EMBEDDED_IPV4),  # Teredo
    ("2001:2::/48", RefusedRange.BENCHMARK),
    ("2001:db8::/32", RefusedRange.DOCUMENTATION),
    ("2001::/23", RefusedRange.RESERVED),  # protocol assignments, ORCHID
    ("2002::/16", RefusedRange.EMBEDDED_IPV4),  # 6to4
    ("2620:4f:8000::/48", RefusedRange.RESERVED),  # AS112
    ("3fff::/20", RefusedRange.DOCUMENTATION),
    ("5f00::/16", RefusedRange.RESERVED),  # segment routing
    ("fc00::/7", RefusedRange.PRIVATE),
    ("fe80::/10", RefusedRange.LINK_LOCAL),
    ("fec0::/10", RefusedRange.PRIVATE),  # the old site-local range
    ("ff00::/8", RefusedRange.MULTICAST),
)
REFUSED: tuple[tuple[Network, RefusedRange], ...] = tuple((ip_network(text), why) for text, why in _REFUSED)
_ALLOCATED_V6 = IPv6Network("2000::/3")
_ISATAP = (0x5EFE, 0x02005EFE)

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)


class EgressRefused(InvalidInput):
    """An outgoing call would reach a place that Opsloom may not call."""

    code, title = "egress_refused", "This address may not be called"


def refused_range(address: Address) -> RefusedRange | None:
    """The range that forbids `address`, or None for a public one."""
    for network, why in REFUSED:
        if address.version == network.version and address in network:
            return why
    if isinstance(address, IPv6Address):
        if address not in _ALLOCATED_V6:
            return RefusedRange.UNALLOCATED
        if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
            return RefusedRange.EMBEDDED_IPV4
    return None


def read_host(host: str) -> Address | str:
    """An address when `host` is one in its usual form, else the lower-case name. Raises EgressRefused for anything odd."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare:
        if "%" in bare:
            raise EgressRefused(f"An address with a zone cannot be called: {host}.")
        return _literal(bare, host)
    name = bare.lower()
    labels = name.rstrip(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if name.endswith("."):
            raise EgressRefused(f"This is not the usual form of an address: {host}.")
        return _literal(name, host)
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise EgressRefused(f"This is not a host name: {host[:80]}.")
    return name.rstrip(".")


def _literal(text: str, shown: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise EgressRefused(
            f"This is not the usual form of an address: {shown}.",
            hint="Write IPv4 addresses as four decimal numbers without leading zeros.",
        ) from None


@dataclass(frozen=True)
class EgressPolicy:
    """What the operator opened beyond the public network."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()

    @classmethod
    def read(cls, entries: Iterable[str]) -> "EgressPolicy":
        """From `OPSLOOM_EGRESS_ALLOW`: names, `*.suffix`, addresses, networks. Raises ValueError naming a wrong entry."""
        networks: list[Network] = []
        names: set[str] = set()
        suffixes: list[str] = []
        for entry in entries:
            text = entry.strip().lower()
            if "/" in text or ":" in text or _NUMBER.fullmatch(text.rsplit(".", 1)[-1]):
                networks.append(_network(entry, text))
            elif text.startswith("*.") and _NAME.fullmatch(text[2:]):
                suffixes.append(text[1:])
            elif _NAME.fullmatch(text):
                names.add(text)
            else:
                raise ValueError(f"{entry!r} in the egress allow-list is neither a host, an address nor a network")
        return cls(tuple(networks), frozenset(names), tuple(suffixes))

    def check(self, host: str, addresses: Iterable[Address]) -> None:
        """Raises EgressRefused when one of the addresses `host` stands for may not be reached.

        One bad answer refuses all: a name that answers with both a public and a private address is an attack or a
        mistake, and neither should work half of the time.
        """
        for address in addresses:
            why = refused_range(address)
            if why is None or any(address.version == net.version and address in net for net in self.networks):
                continue
            if why in _OPENED_BY_NAME and self._opens(host):
                continue
            raise EgressRefused(
                f"{host} is a {why.value.replace('_', ' ')} address, which may not be called.",
                hint="An operator can allow it with OPSLOOM_EGRESS_ALLOW.",
            )

    def _opens(self, host: str) -> bool:
        name = host.lower().rstrip(".")
        return name in self.names or name.endswith(self.suffixes)


def _network(entry: str, text: str) -> Network:
    try:
        return ip_network(text.strip("[]"))
    except ValueError as error:
        raise ValueError(f"{entry!r} in the egress allow-list is not a network: {error}") from None
