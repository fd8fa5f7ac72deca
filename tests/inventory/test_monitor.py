"""From two looks to samples and inventory."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from opsloom.inventory.metrics import METRICS
from opsloom.inventory.monitor import Reading, found, readings
from opsloom.inventory.snapshot import (
    DiskCounters,
    Filesystem,
    Host,
    Memory,
    NetworkCounters,
    PostgresCounters,
    ProcessGroup,
    Snapshot,
)

BEFORE = Snapshot(
    monotonic_s=100.0,
    host=Host("web-1", "Linux 6", 2, 8_000_000_000, ("10.0.0.1",)),
    cpu={"user": 10.0, "idle": 90.0, "iowait": 0.0},
    cores=({"user": 5.0, "idle": 45.0}, {"user": 5.0, "idle": 45.0}),
    memory=Memory(40.0, 4_800_000_000, 8_000_000_000),
    swap_usage=0.0,
    filesystems=(Filesystem("/", "/dev/vda1", "ext4", 61.5, 10_000, 26_000),),
    disks={"vda": DiskCounters(1000, 2000, 10, 20)},
    networks={"eth0": NetworkCounters(5000, 6000, 0, ("10.0.0.1",))},
    load=(0.5, 0.4, 0.3),
    process_count=120,
    processes={"opsloom": ProcessGroup(3.0, 90_000_000, 1), "postgres": ProcessGroup(8.0, 60_000_000, 7)},
    postgres=PostgresCounters("opsloom", "18.1", 9, 1000, 900, 100, 0, 50_000_000, 0.0),
)
AFTER = replace(
    BEFORE,
    monotonic_s=105.0,
    cpu={"user": 13.0, "idle": 95.0, "iowait": 2.0},
    cores=({"user": 8.0, "idle": 47.0}, {"user": 5.0, "idle": 50.0}),
    disks={"vda": DiskCounters(2000, 2000, 15, 20)},
    networks={"eth0": NetworkCounters(5500, 7000, 1)},
    processes={"opsloom": ProcessGroup(3.5, 91_000_000, 1), "postgres": ProcessGroup(8.0, 60_000_000, 7)},
    postgres=PostgresCounters("opsloom", "18.1", 9, 1050, 990, 110, 1, 50_000_000, 2.0),
)


def values(made: list[Reading]) -> dict[tuple[str, str], float]:
    return {(one.key, one.metric): one.value for one in made if not one.labels}


def test_two_looks_give_the_rates_between_them() -> None:
    made = values(readings(BEFORE, AFTER, "web-1"))
    assert made["host:web-1", "cpu.usage"] == 30.0
    assert made["disk:web-1:vda", "disk.read_bytes_s"] == 200.0
    assert made["disk:web-1:vda", "disk.write_ops_s"] == 0.0
    assert made["interface:web-1:eth0", "network.receive_bytes_s"] == 100.0
    assert made["interface:web-1:eth0", "network.errors_s"] == 0.2
    assert made["process:web-1:opsloom", "process.cpu_usage"] == 10.0
    assert made["database:web-1:opsloom", "postgres.transactions_s"] == 10.0
    assert made["database:web-1:opsloom", "postgres.cache_hit"] == 90.0
    assert made["database:web-1:opsloom", "postgres.deadlocks"] == 1
    assert made["filesystem:web-1:/", "disk.usage"] == 61.5


def test_cores_are_told_apart_by_label() -> None:
    cores = {one.labels: one.value for one in readings(BEFORE, AFTER, "web-1") if one.metric == "cpu.core_usage"}
    assert cores == {(("core", "0"),): 60.0, (("core", "1"),): 0.0}


def test_every_reading_is_of_an_item_that_was_found_and_a_metric_we_know() -> None:
    keys = {item.key for item in found(AFTER).items}
    made = readings(BEFORE, AFTER, "web-1")
    assert {one.key for one in made} <= keys
    assert {one.metric for one in made} <= set(METRICS)


def test_a_part_that_could_not_be_read_is_absent_and_the_others_stay() -> None:
    blind = replace(AFTER, memory=None, disks={}, postgres=None)
    made = values(readings(BEFORE, blind, "web-1"))
    assert ("host:web-1", "cpu.usage") in made
    assert not any(metric.startswith(("memory", "disk.read", "postgres")) for _key, metric in made)


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.floats(0.001, 1e5))
def test_no_reading_is_ever_negative_or_not_finite(before: int, after: int, elapsed_s: float) -> None:
    old = replace(BEFORE, disks={"vda": DiskCounters(before, before, before, before)})
    new = replace(AFTER, monotonic_s=100.0 + elapsed_s, disks={"vda": DiskCounters(after, after, after, after)})
    for one in readings(old, new, "web-1"):
        assert math.isfinite(one.value)
        assert one.value >= 0
        if one.metric in ("cpu.usage", "cpu.core_usage", "postgres.cache_hit"):
            assert one.value <= 100


def test_the_inventory_of_a_host_hangs_together() -> None:
    seen = found(AFTER)
    keys = [item.key for item in seen.items]
    assert len(keys) == len(set(keys))
    assert {item.type for item in seen.items} == {"host", "filesystem", "disk", "interface", "process", "database"}
    edges = {(edge.source, edge.type, edge.target) for edge in seen.relations}
    assert ("filesystem:web-1:/", "STORED_ON", "disk:web-1:vda") in edges
    assert ("process:web-1:opsloom", "RUNS_ON", "host:web-1") in edges
    assert ("process:web-1:opsloom", "USES", "database:web-1:opsloom") in edges
    assert ("database:web-1:opsloom", "RUNS_ON", "process:web-1:postgres") in edges
    assert all(edge.source in keys and edge.target in keys for edge in seen.relations)


def test_nothing_is_found_while_the_host_is_unknown() -> None:
    assert found(replace(AFTER, host=None)).items == ()


def test_an_unchanged_host_is_found_equal() -> None:
    assert found(BEFORE) == found(replace(AFTER, networks=BEFORE.networks))
