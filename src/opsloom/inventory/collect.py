"""Looks at this machine through psutil. Blocking calls: run them in a thread.

Each collector fills its own part of the snapshot. One that fails is logged, counted and leaves its part empty; the others do not notice.
"""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from prometheus_client import Counter

from opsloom.infra.telemetry import get_logger
from opsloom.inventory.snapshot import (
    DiskCounters,
    Filesystem,
    Host,
    Memory,
    NetworkCounters,
    ProcessGroup,
    Snapshot,
)

log = get_logger(__name__)

FAILURES = Counter("opsloom_collector_failures_total", "Failed looks at the host, by collector", ["collector"])
_NOT_DISKS = ("loop", "ram", "zram", "sr", "fd", "dm-", "md")
_NOT_FILESYSTEMS = frozenset({"squashfs", "tmpfs", "devtmpfs", "proc", "sysfs", "iso9660", "fuse.snapfuse"})
_NOT_INTERFACES = ("lo", "veth", "ifb", "docker", "br-")

Collector = Callable[[Snapshot], Snapshot]


def look(collectors: Mapping[str, Collector], reported: set[str]) -> Snapshot:
    """Runs every collector. `reported` remembers which ones are failing, so that a lasting failure is logged once and its end too."""
    snapshot = Snapshot(time.monotonic())
    for name, collector in collectors.items():
        try:
            snapshot = collector(snapshot)
            if name in reported:
                reported.discard(name)
                log.info("monitor.collector_recovered", collector=name)
        except Exception as error:  # boundary: whatever the platform raises must cost this collector alone
            FAILURES.labels(collector=name).inc()
            if name not in reported:
                reported.add(name)
                log.warning("monitor.collector_failed", collector=name, cause=repr(error), exc_info=True)
    return snapshot


def collectors(data_dir: Path) -> dict[str, Collector]:
    """The collectors of this machine; `data_dir` tells our own database server's processes from others'."""
    folder = str(data_dir.resolve())
    return {
        "host": lambda so_far: replace(so_far, host=host_facts()),
        "cpu": lambda so_far: replace(
            so_far, cpu=_cpu(psutil.cpu_times()), cores=tuple(map(_cpu, psutil.cpu_times(percpu=True)))
        ),
        "memory": lambda so_far: replace(so_far, memory=memory()),
        "swap": lambda so_far: replace(so_far, swap_usage=swap_usage()),
        "filesystems": lambda so_far: replace(so_far, filesystems=filesystems()),
        "disks": lambda so_far: replace(so_far, disks=disks()),
        "networks": lambda so_far: replace(so_far, networks=networks()),
        "load": lambda so_far: replace(so_far, load=psutil.getloadavg()),
        "processes": lambda so_far: replace(so_far, process_count=len(psutil.pids()), processes=process_groups(folder)),
    }


def _cpu(times: Any) -> dict[str, float]:
    # Linux counts guest time in user time as well; leaving it in would count it twice.
    return {name: float(value) for name, value in times._asdict().items() if name not in ("guest", "guest_nice")}


def host_facts() -> Host:
    """Name and size of the machine."""
    addresses = sorted({address for each in networks().values() for address in each.addresses})
    return Host(
        name=socket.gethostname(),
        system=f"{platform.system()} {platform.release()}",
        cores=psutil.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        addresses=tuple(addresses),
    )


def memory() -> Memory:
    now = psutil.virtual_memory()
    return Memory(float(now.percent), int(now.available), int(now.total))


def swap_usage() -> float | None:
    """Percent of swap in use; None where the machine has none."""
    now = psutil.swap_memory()
    return float(now.percent) if now.total > 0 else None


def filesystems() -> tuple[Filesystem, ...]:
    """Real, readable file systems, one for each device; the root counts even where a container hides its device."""
    seen: dict[str, Filesystem] = {}
    partitions = [(each.mountpoint, each.device, each.fstype) for each in psutil.disk_partitions(all=False)]
    if not any(mount == "/" for mount, _device, _kind in partitions):
        partitions.insert(0, ("/", "root", "overlay"))
    for mount, device, kind in partitions:
        if kind in _NOT_FILESYSTEMS or device in seen or not os.path.isdir(mount):
            continue
        usage = psutil.disk_usage(mount)
        if usage.total > 0:
            seen[device] = Filesystem(mount, device, kind, float(usage.percent), int(usage.free), int(usage.total))
    return tuple(seen.values())


def disks() -> dict[str, DiskCounters]:
    """Whole disks; their partitions would count every byte twice."""
    counters: Mapping[str, Any] = psutil.disk_io_counters(perdisk=True) or {}
    return {
        name: DiskCounters(each.read_bytes, each.write_bytes, each.read_count, each.write_count)
        for name, each in counters.items()
        if not name.startswith(_NOT_DISKS) and _is_whole_disk(name)
    }


def _is_whole_disk(name: str) -> bool:
    blocks = Path("/sys/block")
    return (blocks / name).exists() if blocks.is_dir() else True


def networks() -> dict[str, NetworkCounters]:
    """Interfaces that carry outside traffic."""
    addresses = psutil.net_if_addrs()
    counters: Mapping[str, Any] = psutil.net_io_counters(pernic=True)
    return {
        name: NetworkCounters(
            each.bytes_recv, each.bytes_sent, each.errin + each.errout, _addresses(addresses.get(name, []))
        )
        for name, each in counters.items()
        if not name.startswith(_NOT_INTERFACES)
    }


def _addresses(found: Iterable[Any]) -> tuple[str, ...]:
    wanted = (socket.AF_INET, socket.AF_INET6)
    kept = {str(one.address).split("%")[0] for one in found if one.family in wanted}
    return tuple(sorted(address for address in kept if not address.lower().startswith("fe80")))


def process_groups(data_dir: str) -> dict[str, ProcessGroup]:
    """Opsloom's own processes and its embedded database's, summed; a process that ends meanwhile is left out."""
    own = _tree(_outermost(psutil.Process()))
    postgres = [each for each in _postmasters(data_dir) for each in _tree(each)]
    ids = {each.pid for each in postgres}
    groups = {"opsloom": _sum(each for each in own if each.pid not in ids)}
    if postgres:
        groups["postgres"] = _sum(postgres)
    return groups


def _outermost(process: psutil.Process) -> psutil.Process:
    """The first Opsloom process above this one: a server may run its roles as children."""
    for parent in process.parents():
        if "opsloom" not in " ".join(_command(parent)[:4]):
            break
        process = parent
    return process


def _postmasters(data_dir: str) -> list[psutil.Process]:
    """The embedded server is started on a folder below the data folder and may outlive the process that started it."""
    found = []
    for each in psutil.process_iter(["name"]):
        command = _command(each) if each.info["name"] == "postgres" else []
        if "-D" in command and any(part.startswith(data_dir) for part in command):
            found.append(each)
    return found


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _tree(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _sum(processes: Iterable[psutil.Process]) -> ProcessGroup:
    cpu, resident, count = 0.0, 0, 0
    for each in processes:
        try:
            with each.oneshot():
                times = each.cpu_times()
                memory_now = each.memory_info()
        except psutil.Error:
            continue
        cpu += times.user + times.system
        # Shared memory counts once for the group, not once a process.
        resident += max(memory_now.rss - (memory_now.shared if count and hasattr(memory_now, "shared") else 0), 0)
        count += 1
    return ProcessGroup(cpu, resident, count)
