"""The collectors on the machine the tests run on."""

from dataclasses import replace
from pathlib import Path

import psutil
from prometheus_client import REGISTRY

from opsloom.inventory.collect import collectors, look
from opsloom.inventory.monitor import readings
from opsloom.inventory.snapshot import Snapshot


def failures(collector: str) -> float:
    return REGISTRY.get_sample_value("opsloom_collector_failures_total", {"collector": collector}) or 0.0


def test_a_look_agrees_with_the_machine(tmp_path: Path) -> None:
    failing: set[str] = set()
    seen = look(collectors(tmp_path), failing)
    assert not failing
    assert seen.host is not None
    assert seen.host.cores == psutil.cpu_count()
    assert len(seen.cores) == psutil.cpu_count()
    assert seen.memory is not None
    assert seen.memory.total_bytes == psutil.virtual_memory().total
    assert 0 < seen.memory.usage <= 100
    assert "/" in {each.mount for each in seen.filesystems}
    assert seen.process_count is not None
    assert seen.process_count > 0
    assert seen.processes["opsloom"].resident_bytes > 1_000_000
    assert "lo" not in seen.networks
    assert not any(name.startswith(("loop", "ram")) for name in seen.disks)


def test_two_looks_give_cpu_usage(tmp_path: Path) -> None:
    every = collectors(tmp_path)
    first = look(every, set())
    second = look(every, set())
    while second.cpu == first.cpu:  # the kernel counts in ticks of 10 ms
        second = look(every, set())
    usage = [one.value for one in readings(first, second, "here") if one.metric == "cpu.usage"]
    assert len(usage) == 1
    assert 0 <= usage[0] <= 100


def test_a_failing_collector_is_counted_and_stops_nobody(tmp_path: Path) -> None:
    def broken(_so_far: Snapshot) -> Snapshot:
        raise OSError("the sensor is gone")

    every = collectors(tmp_path)
    every = {"memory": broken, **{name: each for name, each in every.items() if name != "memory"}}
    before, failing = failures("memory"), set[str]()
    seen = look(every, failing)
    look(every, failing)
    assert failures("memory") == before + 2
    assert failing == {"memory"}
    assert seen.memory is None
    assert seen.cpu is not None
    assert seen.load is not None


def test_a_recovered_collector_reports_again(tmp_path: Path) -> None:
    failing = {"load"}
    seen = look({"load": lambda so_far: replace(so_far, load=(1.0, 1.0, 1.0))}, failing)
    assert seen.load == (1.0, 1.0, 1.0)
    assert failing == set()
    assert collectors(tmp_path).keys() >= {"host", "cpu", "memory", "filesystems", "disks", "networks", "processes"}
