"""What one look at a host brings back: plain readings, counters still as counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CpuTimes = Mapping[str, float]


@dataclass(frozen=True)
class Memory:
    usage: float  # percent
    available_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class Filesystem:
    mount: str
    device: str
    kind: str
    usage: float  # percent
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class DiskCounters:
    read_bytes: int
    write_bytes: int
    reads: int
    writes: int


@dataclass(frozen=True)
class NetworkCounters:
    received_bytes: int
    sent_bytes: int
    errors: int
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProcessGroup:
    """Processes that are one thing to an operator: the server with its children, the database with its backends."""

    cpu_seconds: float
    resident_bytes: int
    count: int


@dataclass(frozen=True)
class PostgresCounters:
    database: str
    version: str
    connections: int
    transactions: int
    blocks_hit: int
    blocks_read: int
    deadlocks: int
    database_bytes: int
    oldest_transaction_s: float


@dataclass(frozen=True)
class Host:
    """Slow-changing facts about the machine."""

    name: str
    system: str
    cores: int
    memory_bytes: int
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """One look. A part whose collector failed is None or empty: it produces no samples, the others still do."""

    monotonic_s: float
    host: Host | None = None
    cpu: CpuTimes | None = None
    cores: tuple[CpuTimes, ...] = ()
    memory: Memory | None = None
    swap_usage: float | None = None
    filesystems: tuple[Filesystem, ...] = ()
    disks: Mapping[str, DiskCounters] = field(default_factory=dict)
    networks: Mapping[str, NetworkCounters] = field(default_factory=dict)
    load: tuple[float, float, float] | None = None
    process_count: int | None = None
    processes: Mapping[str, ProcessGroup] = field(default_factory=dict)
    postgres: PostgresCounters | None = None
