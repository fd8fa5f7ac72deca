"""Who is in the made-up company: services, machines, stores, network, and how they hang together. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from opsloom.inventory.demo.facts import facts_of
from opsloom.inventory.monitor import Found, FoundItem, FoundRelation

SOURCE: Final = "demo"
PODS: Final = 4  # containers of a service
_BOOK: Final[dict[str, Any]] = tomllib.loads((files("opsloom.inventory.demo") / "company.toml").read_text("utf-8"))
# Read-only copies of a database.
REPLICAS: Final = (("orders-db-02", "orders-db-01"), ("pay-db-02", "pay-db-01"), ("member-db-02", "member-db-01"))


@dataclass(frozen=True)
class Member:
    """A thing of the company with its place in its type's order."""

    name: str
    type: str
    name_ko: str
    aliases: tuple[str, ...] = ()
    place: int = 0
    owner: str = "infra"
    engine: str = ""


@dataclass(frozen=True)
class Service:
    name: str
    application: str
    servers: tuple[str, ...]
    uses: tuple[str, ...]
    depends: tuple[str, ...]


def key(name: str) -> str:
    """The demo source's key of an item."""
    return f"{SOURCE}:{name}"


def services() -> tuple[Service, ...]:
    """The services with what they run on, use and call."""
    return tuple(
        Service(
            one["name"], one["application"], tuple(one["servers"]), tuple(one["uses"]), tuple(one["depends"])
        )
        for one in _BOOK["service"]
    )  # fmt: skip


def names_of(kind: str) -> tuple[str, ...]:
    """The names of a type's members in their order."""
    return tuple(one.name for one in members() if one.type == kind)


def members() -> tuple[Member, ...]:
    """Everything there is, by type."""
    return _MEMBERS


def owner_of(name: str) -> str:
    """The team that looks after an item."""
    return _OWNERS[name]


def company() -> Found:
    """All items and relations."""
    return Found(tuple(_item(one) for one in members()), tuple(dict.fromkeys(_relations())))


def edges() -> tuple[tuple[str, str, str], ...]:
    """The relations by name: source, type, target."""
    return tuple(dict.fromkeys(_edges()))


def _members() -> Iterator[Member]:
    owners = {one["name"]: one["owner"] for one in _BOOK["application"]}
    for place, one in enumerate(_BOOK["application"]):
        yield Member(one["name"], "application", one["ko"], tuple(one["aliases"]), place, one["owner"])
    for place, one in enumerate(_BOOK["service"]):
        yield Member(one["name"], "service", one["ko"], tuple(one["aliases"]), place, owners[one["application"]])
    for kind, families in _BOOK["families"].items():
        numbered = ((f"{stem}-{n:02d}", f"{ko} {n}호기") for stem, ko, count in families for n in range(1, count + 1))
        yield from (Member(name, kind, korean, (), place) for place, (name, korean) in enumerate(numbered))
    for kind, rows in _BOOK["stores"].items():
        owner = "dba" if kind == "database" else "infra"
        for place, (name, korean, aliases, *more) in enumerate(rows):
            yield Member(name, kind, korean, tuple(aliases), place, owner, more[1] if more else "")
    for place, (name, korean, _where, _uses) in enumerate(_BOOK["jobs"]["job"]):
        yield Member(name, "job", korean, (), place, "batch")
    yield from _containers(owners)


def _containers(owners: dict[str, str]) -> Iterator[Member]:
    for place, one in enumerate(_BOOK["service"]):
        for number in range(1, PODS + 1):
            name, korean = f"{one['name']}-pod-{number}", f"{one['ko']} 파드 {number}"
            yield Member(name, "container", korean, (), place * PODS + number, owners[one["application"]])


def _item(one: Member) -> FoundItem:
    address, facts = facts_of(one.type, one.name, one.place, one.engine)
    attributes = (*facts, ("owner", one.owner))
    return FoundItem(
        key(one.name), one.type, one.name, one.name_ko, one.aliases, (address,) if address else (), attributes
    )


def _relations() -> Iterator[FoundRelation]:
    for source, kind, target in _edges():
        yield FoundRelation(key(source), kind, key(target))


def _edges() -> Iterator[tuple[str, str, str]]:
    yield from _service_edges()
    yield from _machine_edges()
    yield from _store_edges()
    for name, _korean, where, uses in _BOOK["jobs"]["job"]:
        yield name, "RUNS_ON", where
        yield from ((name, "USES", one) for one in uses)
    yield "storefront", "PROTECTED_BY", "edge-firewall-01"
    yield "api-gateway", "PROTECTED_BY", "edge-firewall-02"
    yield "payment-gateway", "PROTECTED_BY", "inner-firewall-01"


def _service_edges() -> Iterator[tuple[str, str, str]]:
    hosts = names_of("server")
    kube = [name for name in hosts if name.startswith("kube-")]
    for place, one in enumerate(services()):
        yield one.name, "PART_OF", one.application
        yield from ((one.name, "RUNS_ON", server) for server in one.servers)
        yield from ((one.name, "USES", store) for store in one.uses)
        yield from ((one.name, "DEPENDS_ON", other) for other in one.depends)
        for number in range(1, PODS + 1):
            pod = f"{one.name}-pod-{number}"
            yield pod, "PART_OF", one.name
            yield pod, "RUNS_ON", kube[(place * 3 + number) % len(kube)]


def _machine_edges() -> Iterator[tuple[str, str, str]]:
    racks, hosts, access = names_of("rack"), names_of("server"), [f"access-switch-0{n}" for n in range(1, 7)]
    for place, rack in enumerate(racks):
        yield rack, "LOCATED_IN", "seoul-dc" if place < 12 else "busan-dc"
    for place, server in enumerate(hosts):
        yield server, "LOCATED_IN", racks[place % len(racks)]
        yield server, "CONNECTED_TO", access[place % len(access)]
    for place, switch in enumerate(access):
        yield switch, "CONNECTED_TO", f"core-switch-0{1 + place % 2}"
    for switch in ("core-switch-01", "core-switch-02"):
        yield from ((switch, "CONNECTED_TO", f"wan-router-0{n}") for n in (1, 2))
        yield from ((switch, "CONNECTED_TO", f"edge-firewall-0{n}") for n in (1, 2))
    for place, device in enumerate((*names_of("network"), *names_of("storage"), *names_of("load_balancer"))):
        yield device, "LOCATED_IN", racks[place % len(racks)]
    for place, vm in enumerate(names_of("vm")):
        yield vm, "RUNS_ON", hosts[4 + place % 12] if place < 30 else f"kube-0{1 + place % 8}"
        yield vm, "CONNECTED_TO", access[place % len(access)]
    for place, balancer in enumerate(names_of("load_balancer")):
        yield balancer, "CONNECTED_TO", f"core-switch-0{1 + place % 2}"


def _store_edges() -> Iterator[tuple[str, str, str]]:
    for place, (name, _korean, _aliases, disk, _engine) in enumerate(_BOOK["stores"]["database"]):
        yield name, "RUNS_ON", f"db-host-0{1 + place % 6}"
        yield name, "STORED_ON", disk
        yield name, "BACKED_UP_TO", f"backup-0{1 + place % 2}"
    for copy, origin in REPLICAS:
        yield copy, "REPLICATES", origin
    for place, name in enumerate((*names_of("cache"), *names_of("queue"))):
        yield name, "RUNS_ON", f"vm-mall-{1 + place % 12:02d}"
    for place, storage in enumerate(("san-01", "san-02", "san-03", "media-nas-01", "media-nas-02")):
        yield storage, "BACKED_UP_TO", f"backup-0{1 + place % 2}"
    yield "backup-02", "BACKED_UP_TO", "tape-01"


_MEMBERS: Final = tuple(_members())
_OWNERS: Final = {one.name: one.owner for one in _MEMBERS}
