"""What is written down about the things of the made-up company: addresses and attributes by type. Pure."""

from __future__ import annotations

from typing import Final
from zlib import crc32

Fact = tuple[str, str | int | float | bool]

_SUBNET: Final = {
    "server": "10.20.1", "vm": "10.20.2", "database": "10.20.3", "cache": "10.20.4", "queue": "10.20.5",
    "load_balancer": "10.20.6", "container": "10.42.0", "network": "10.20.9", "storage": "10.20.8",
}  # fmt: skip
_SYSTEMS: Final = ("Rocky Linux 9", "Ubuntu 22.04", "Ubuntu 24.04", "Windows Server 2022")
_MAKERS: Final = {"network": ("Cisco", "Arista", "Juniper"), "storage": ("NetApp", "Dell", "Pure Storage")}
_VERSIONS: Final = {
    "postgresql": ("15.7", "16.3"), "mariadb": ("10.11", "11.4"), "opensearch": ("2.15",), "oracle": ("19c",),
    "greenplum": ("7.2",),
}  # fmt: skip


def facts_of(kind: str, name: str, place: int, engine: str) -> tuple[str, tuple[Fact, ...]]:
    """An item's address (or nothing) and its attributes."""
    subnet = _SUBNET.get(kind)
    address = f"{subnet}.{11 + place}" if subnet else ""
    found: list[Fact] = [("environment", _environment(name)), ("status", _status(kind, name))]
    if kind not in ("site", "application", "service", "certificate", "job"):
        found.append(("site", _site(kind, place)))
    found += _own(kind, name, place, engine)
    return address, tuple(found)


def _pick(name: str, salt: str, count: int) -> int:
    """A choice that belongs to the item."""
    return crc32(f"{salt}/{name}".encode()) % count


def _environment(name: str) -> str:
    if name.startswith("vm-dev"):
        return "development"
    return "staging" if name.startswith("vm-test") else "production"


def _status(kind: str, name: str) -> str:
    if kind in ("site", "application", "service"):
        return "active"
    return ("maintenance", "standby")[_pick(name, "which", 2)] if _pick(name, "status", 12) == 0 else "active"


def _site(kind: str, place: int) -> str:
    if kind in ("container", "vm"):
        return "cloud-kr" if place % 3 == 0 else "seoul-dc"
    return "busan-dc" if place % 5 == 4 else "seoul-dc"


def _own(kind: str, name: str, place: int, engine: str) -> list[Fact]:
    match kind:
        case "server" | "vm":
            cores = (4, 8, 16, 32)[_pick(name, "cores", 4)]
            return [
                ("cores", cores), ("memory_gb", cores * (2, 4, 8)[_pick(name, "memory", 3)]),
                ("os", _SYSTEMS[_pick(name, "os", len(_SYSTEMS))]), ("zone", f"zone-{'abc'[place % 3]}"),
            ]  # fmt: skip
        case "database":
            versions = _VERSIONS[engine]
            return [("engine", engine), ("version", versions[_pick(name, "version", len(versions))])]
        case "service":
            version = f"{1 + _pick(name, 'major', 4)}.{_pick(name, 'minor', 10)}.{_pick(name, 'patch', 6)}"
            tier = ("gold", "silver", "bronze")[_pick(name, "tier", 3)]
            language = ("Java", "Go", "Python", "Kotlin", "Node.js")[_pick(name, "language", 5)]
            return [("version", version), ("tier", tier), ("language", language)]
        case "network" | "storage":
            makers = _MAKERS[kind]
            return [("vendor", makers[_pick(name, "vendor", len(makers))])]
        case "container":
            return [("image_version", f"2.{place % 7}"), ("memory_gb", (1, 2, 4)[_pick(name, "memory", 3)])]
        case "job":
            return [("schedule", ("hourly", "daily", "weekly", "monthly")[_pick(name, "schedule", 4)])]
        case "certificate":
            return [("days_valid", 30 + _pick(name, "valid", 330))]
        case _:
            return []
