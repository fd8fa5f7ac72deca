"""From two looks at a host to samples and inventory: pure.

Invariant: every sample is finite; percentages of a whole lie in 0 to 100 (a process may use several cores); rates are never
negative; a value that cannot be known yet (first look, counter reset, failed collector) is absent rather than zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from opsloom.inventory.rates import rate, share
from opsloom.inventory.snapshot import CpuTimes, Host, NetworkCounters, PostgresCounters, Snapshot

IDLE = frozenset({"idle", "iowait"})
SOURCE = "monitor"


@dataclass(frozen=True)
class Reading:
    """A value of the item known by `key`."""

    key: str
    metric: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FoundItem:
    key: str
    type: str
    name: str
    name_ko: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str | int | float | bool], ...] = ()


@dataclass(frozen=True)
class FoundRelation:
    source: str
    type: str
    target: str


@dataclass(frozen=True)
class Found:
    """What the host is made of; equal when nothing changed, so that an upsert can be skipped."""

    items: tuple[FoundItem, ...] = field(default=())
    relations: tuple[FoundRelation, ...] = field(default=())


def host_key(host: str) -> str:
    return f"host:{host}"


def filesystem_key(host: str, mount: str) -> str:
    return f"filesystem:{host}:{mount}"


def disk_key(host: str, device: str) -> str:
    return f"disk:{host}:{device}"


def interface_key(host: str, name: str) -> str:
    return f"interface:{host}:{name}"


def process_key(host: str, name: str) -> str:
    return f"process:{host}:{name}"


def database_key(host: str, database: str) -> str:
    return f"database:{host}:{database}"


def readings(before: Snapshot, after: Snapshot, host: str) -> list[Reading]:
    """Samples of `after`, with rates taken since `before`."""
    elapsed = after.monotonic_s - before.monotonic_s
    every = (
        *_cpu(before, after, host),
        *_memory(after, host),
        *_disks(before, after, host, elapsed),
        *_networks(before, after, host, elapsed),
        *_processes(before, after, host, elapsed),
        *_postgres(before.postgres, after.postgres, host, elapsed),
    )
    return [one for one in every if math.isfinite(one.value)]


def _busy(before: CpuTimes, after: CpuTimes) -> float | None:
    idle = share(before, after, IDLE)
    return None if idle is None else min(max(100.0 - idle, 0.0), 100.0)


def _cpu(before: Snapshot, after: Snapshot, host: str) -> Iterator[Reading]:
    key = host_key(host)
    if before.cpu is not None and after.cpu is not None and (usage := _busy(before.cpu, after.cpu)) is not None:
        yield Reading(key, "cpu.usage", usage)
    if len(before.cores) == len(after.cores):
        for index, (old, new) in enumerate(zip(before.cores, after.cores, strict=True)):
            if (usage := _busy(old, new)) is not None:
                yield Reading(key, "cpu.core_usage", usage, (("core", str(index)),))
    if after.load is not None:
        for metric, value in zip(("load.1m", "load.5m", "load.15m"), after.load, strict=True):
            yield Reading(key, metric, value)


def _memory(after: Snapshot, host: str) -> Iterator[Reading]:
    key = host_key(host)
    if after.memory is not None:
        yield Reading(key, "memory.usage", after.memory.usage)
        yield Reading(key, "memory.available_bytes", after.memory.available_bytes)
    if after.swap_usage is not None:
        yield Reading(key, "swap.usage", after.swap_usage)
    for each in after.filesystems:
        yield Reading(filesystem_key(host, each.mount), "disk.usage", each.usage)
        yield Reading(filesystem_key(host, each.mount), "disk.free_bytes", each.free_bytes)


def _rated(key: str, metric: str, before: float | None, after: float, elapsed_s: float) -> Iterator[Reading]:
    value = rate(before, after, elapsed_s)
    if value is not None:
        yield Reading(key, metric, value)


def _disks(before: Snapshot, after: Snapshot, host: str, elapsed_s: float) -> Iterator[Reading]:
    for device, new in after.disks.items():
        old, key = before.disks.get(device), disk_key(host, device)
        yield from _rated(key, "disk.read_bytes_s", old.read_bytes if old else None, new.read_bytes, elapsed_s)
        yield from _rated(key, "disk.write_bytes_s", old.write_bytes if old else None, new.write_bytes, elapsed_s)
        yield from _rated(key, "disk.read_ops_s", old.reads if old else None, new.reads, elapsed_s)
        yield from _rated(key, "disk.write_ops_s", old.writes if old else None, new.writes, elapsed_s)


def _networks(before: Snapshot, after: Snapshot, host: str, elapsed_s: float) -> Iterator[Reading]:
    for name, new in after.networks.items():
        old, key = before.networks.get(name), interface_key(host, name)
        yield from _rated(
            key, "network.receive_bytes_s", old.received_bytes if old else None, new.received_bytes, elapsed_s
        )
        yield from _rated(key, "network.transmit_bytes_s", old.sent_bytes if old else None, new.sent_bytes, elapsed_s)
        yield from _rated(key, "network.errors_s", old.errors if old else None, new.errors, elapsed_s)


def _processes(before: Snapshot, after: Snapshot, host: str, elapsed_s: float) -> Iterator[Reading]:
    if after.process_count is not None:
        yield Reading(host_key(host), "process.count", after.process_count)
    for name, new in after.processes.items():
        old, key = before.processes.get(name), process_key(host, name)
        yield Reading(key, "process.resident_bytes", new.resident_bytes)
        # A group's seconds shrink when one of its processes ends; that interval is unknown, as after any reset.
        for one in _rated(key, "process.cpu_usage", old.cpu_seconds if old else None, new.cpu_seconds, elapsed_s):
            yield Reading(one.key, one.metric, one.value * 100.0)


def _postgres(
    before: PostgresCounters | None, after: PostgresCounters | None, host: str, elapsed_s: float
) -> Iterator[Reading]:
    if after is None:
        return
    key = database_key(host, after.database)
    yield Reading(key, "postgres.connections", after.connections)
    yield Reading(key, "postgres.database_bytes", after.database_bytes)
    yield Reading(key, "postgres.oldest_transaction_s", max(after.oldest_transaction_s, 0.0))
    if before is None:
        return
    yield from _rated(key, "postgres.transactions_s", before.transactions, after.transactions, elapsed_s)
    if after.deadlocks >= before.deadlocks:
        yield Reading(key, "postgres.deadlocks", after.deadlocks - before.deadlocks)
    hit, read = after.blocks_hit - before.blocks_hit, after.blocks_read - before.blocks_read
    if hit >= 0 and read >= 0 and hit + read > 0:
        yield Reading(key, "postgres.cache_hit", 100.0 * hit / (hit + read))


def found(snapshot: Snapshot) -> Found:
    """The configuration items and relations that a look shows. Empty while the host itself is unknown."""
    if snapshot.host is None:
        return Found()
    host = snapshot.host.name
    items: list[FoundItem] = [_host_item(snapshot.host)]
    relations: list[FoundRelation] = []
    for each in snapshot.filesystems:
        _add_filesystem(each.mount, each.device, each.kind, snapshot, items, relations)
    for device in snapshot.disks:
        items.append(
            FoundItem(disk_key(host, device), "disk", f"{host} {device}", f"{host} {device} 디스크", (device,))
        )
        relations.append(FoundRelation(disk_key(host, device), "PART_OF", host_key(host)))
    for name, network in snapshot.networks.items():
        items.append(_interface_item(host, name, network))
        relations.append(FoundRelation(interface_key(host, name), "PART_OF", host_key(host)))
    _add_software(snapshot, host, items, relations)
    return Found(tuple(items), tuple(relations))


def _host_item(host: Host) -> FoundItem:
    facts = (("monitored", True), ("system", host.system), ("cores", host.cores), ("memory_bytes", host.memory_bytes))
    return FoundItem(host_key(host.name), "host", host.name, addresses=host.addresses, attributes=facts)


def _interface_item(host: str, name: str, network: NetworkCounters) -> FoundItem:
    title = f"{host} {name}"
    return FoundItem(interface_key(host, name), "interface", title, f"{title} 네트워크", (name,), network.addresses)


def _add_filesystem(
    mount: str, device: str, kind: str, snapshot: Snapshot, items: list[FoundItem], relations: list[FoundRelation]
) -> None:
    assert snapshot.host is not None
    host = snapshot.host.name
    key = filesystem_key(host, mount)
    items.append(
        FoundItem(
            key,
            "filesystem",
            f"{host} {mount}",
            f"{host} {mount} 파일시스템",
            attributes=(("device", device), ("kind", kind)),
        )
    )
    relations.append(FoundRelation(key, "PART_OF", host_key(host)))
    below = next((disk for disk in snapshot.disks if device.startswith(f"/dev/{disk}")), None)
    if below is not None:
        relations.append(FoundRelation(key, "STORED_ON", disk_key(host, below)))


def _add_software(snapshot: Snapshot, host: str, items: list[FoundItem], relations: list[FoundRelation]) -> None:
    for name in snapshot.processes:
        items.append(FoundItem(process_key(host, name), "process", f"{name} on {host}", f"{host}의 {name}", (name,)))
        relations.append(FoundRelation(process_key(host, name), "RUNS_ON", host_key(host)))
    if snapshot.postgres is None:
        return
    key = database_key(host, snapshot.postgres.database)
    facts = (("engine", "postgresql"), ("version", snapshot.postgres.version))
    items.append(
        FoundItem(
            key,
            "database",
            f"{snapshot.postgres.database} database",
            "Opsloom 데이터베이스",
            ("postgres", "postgresql"),
            (),
            facts,
        )
    )
    if "postgres" in snapshot.processes:
        relations.append(FoundRelation(key, "RUNS_ON", process_key(host, "postgres")))
        data = next((each for each in snapshot.filesystems if each.mount == "/"), None)
        if data is not None:
            relations.append(FoundRelation(key, "STORED_ON", filesystem_key(host, data.mount)))
    users = (name for name in snapshot.processes if name != "postgres")
    relations.extend(FoundRelation(process_key(host, name), "USES", key) for name in users)
