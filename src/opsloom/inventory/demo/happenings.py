"""Events of the made-up company: routine, changes and works with their results, and the course of each incident. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

import numpy as np

from opsloom.inventory.demo.company import names_of, owner_of
from opsloom.inventory.demo.incidents import Incident, incidents_between
from opsloom.inventory.demo.world import SEED, World, days_between, midnight

DemoEvent = dict[str, str | dict[str, str | int]]
Kind = tuple[str, str, str, str]  # type, severity, message, title in Korean

_ROUTINE: Final[tuple[tuple[float, Kind, tuple[str, ...]], ...]] = (
    (0.30, ("job.finished", "info", "Scheduled job finished", ""), ("job",)),
    (0.03, ("job.failed", "error", "Scheduled job failed", ""), ("job",)),
    (0.10, ("backup.finished", "info", "Backup finished", ""), ("database", "storage")),
    (0.01, ("backup.failed", "error", "Backup failed", ""), ("database", "storage")),
    (0.12, ("login.failed", "warning", "Repeated failed logins", ""), ("server", "vm")),
    (0.08, ("disk.filling", "warning", "Disk is filling up", ""), ("server", "storage")),
    (0.08, ("service.restarted", "notice", "Service restarted", ""), ("service", "container")),
    (0.14, ("threshold.exceeded", "warning", "A threshold was exceeded", ""), ("server", "vm", "database")),
    (0.08, ("status.changed", "notice", "Status changed", ""), ("container", "network", "load_balancer")),
    (0.06, ("security.scan", "info", "Security scan finished", ""), ("server", "vm")),
)
_WORKS: Final[tuple[tuple[float, Kind, tuple[str, ...]], ...]] = (
    (0.24, ("deployment.release", "info", "Release deployed", "정기 배포"), ("service",)),
    (0.07, ("deployment.hotfix", "notice", "Hotfix deployed", "긴급 배포"), ("service",)),
    (0.08, ("deployment.config", "info", "Configuration rolled out", "설정 배포"), ("service", "container")),
    (
        0.09,
        ("change.config", "info", "Configuration changed", "설정 변경"),
        ("server", "cache", "queue", "load_balancer"),
    ),
    (0.06, ("change.schema", "notice", "Schema changed", "스키마 변경"), ("database",)),
    (0.06, ("change.network", "notice", "Network rule changed", "네트워크 정책 변경"), ("network",)),
    (0.06, ("change.access", "info", "Access rights changed", "권한 변경"), ("server", "database")),
    (0.05, ("change.capacity", "info", "Capacity added", "용량 증설"), ("storage", "vm")),
    (0.11, ("maintenance.patch", "info", "Patched", "정기 패치"), ("server", "vm")),
    (0.08, ("maintenance.inspection", "info", "Inspected", "정기 점검"), ("network", "storage", "server")),
    (0.06, ("maintenance.reboot", "notice", "Rebooted", "재기동 작업"), ("server", "vm")),
    (0.04, ("maintenance.replacement", "notice", "Part replaced", "부품 교체"), ("server", "storage")),
)
_RESULTS: Final = ("ok", "failed", "rolled_back")
# Some kinds of work go wrong more often than others.
_RISKY: Final = {
    "deployment.hotfix": 0.16,
    "change.schema": 0.14,
    "change.network": 0.12,
    "maintenance.replacement": 0.1,
}
_LOUD: Final = {"failed": "error", "rolled_back": "warning"}


def happenings(world: World, start: datetime, end: datetime) -> list[DemoEvent]:
    """Events that become known in [start, end), oldest first, as the ingest route takes them; their ids never change."""
    found = [event for day in days_between(start, end) for event in _of_day(world, day)]
    for incident in incidents_between(world, start - timedelta(hours=2), end + timedelta(hours=2)):
        found += _course(incident)
    known = [(at, event) for at, event in found if start <= at < end]
    return [event for _at, event in sorted(known, key=lambda one: (one[0], str(one[1]["id"])))]


def _of_day(world: World, day: date) -> Iterator[tuple[datetime, DemoEvent]]:
    rng = np.random.default_rng([SEED, 7, day.toordinal()])
    for number in range(world.size.routine):
        (kind, severity, message, _ko), subject = _drawn(rng, _ROUTINE)
        at = midnight(day) + timedelta(seconds=int(rng.integers(86_400)))
        yield at, _event(f"{day:%Y%m%d}-{number}", (kind, severity), subject, at, {"message": message})
    for number in range(world.size.works):
        (kind, severity, title, korean), subject = _drawn(rng, _WORKS)
        at = midnight(day) + timedelta(seconds=int(rng.integers(86_400)))
        bad = _RISKY.get(kind, 0.06)
        result = _RESULTS[int(rng.choice(3, p=(1 - bad, bad * 0.6, bad * 0.4)))]
        data = _work(title, korean, result, int(rng.integers(5, 120)), owner_of(subject))
        yield at, _event(f"{day:%Y%m%d}-w{number}", (kind, _LOUD.get(result, severity)), subject, at, data)


def _drawn(rng: np.random.Generator, book: tuple[tuple[float, Kind, tuple[str, ...]], ...]) -> tuple[Kind, str]:
    weights = np.array([one[0] for one in book])
    _weight, kind, types = book[int(rng.choice(len(book), p=weights / weights.sum()))]
    names = _names(types)
    # Squared: some of them have far more of it than others, so that rankings have a clear head.
    return kind, names[int(rng.random() ** 2 * len(names))]


@cache
def _names(types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for kind in types for name in names_of(kind))


def _course(one: Incident) -> Iterator[tuple[datetime, DemoEvent]]:
    """A change before it, the symptoms in the order they spread, the repair, and the record of it all at its end."""
    trouble, stem = one.trouble, f"inc-{one.number}-{one.began:%Y%m%d%H%M}"

    def event(
        name: str, what: tuple[str, str], subject: str, at: datetime, data: dict[str, str | int]
    ) -> tuple[datetime, DemoEvent]:
        return at, _event(f"{stem}-{name}", what, subject, at, data)

    team = owner_of(one.cause)
    if trouble.change:
        data = _work(trouble.change_title, "장애 전 변경", "ok", 5, team)
        yield event("change", (trouble.change, "notice"), one.cause, one.began - timedelta(minutes=4), data)
    at = one.began + timedelta(minutes=1)
    yield event("symptom", (trouble.symptom, "error"), one.cause, at, {"message": trouble.title})
    for name, hop in one.hops:
        at = one.began + timedelta(minutes=2 + 2 * hop)
        slow = ("service.degraded", "error") if hop else ("service.failing", "critical")
        yield event(f"{name}-down", slow, name, at, {"message": "Response time above its objective"})
        back: dict[str, str | int] = {"message": "Back within its objective"}
        at = one.ended + timedelta(minutes=1 + hop)
        yield event(f"{name}-up", ("service.recovered", "info"), name, at, back)
    if trouble.change:
        data = _work("Change undone", "변경 원복", "ok", 5, team)
        yield event("undo", ("change.rollback", "notice"), one.cause, one.ended - timedelta(minutes=2), data)
    yield one.ended, _record(one, stem, team)


def _record(one: Incident, stem: str, team: str) -> DemoEvent:
    severity = "critical" if len(one.hops) > 3 else "error"
    minutes = int((one.ended - one.began).total_seconds() // 60)
    data = _work(one.trouble.title, one.trouble.title_ko, "ok", minutes, team)
    data |= {
        "cause": one.cause,
        "cause_kind": one.trouble.kind,
        "severity": severity,
        "resolved_at": one.ended.isoformat(),
    }
    return _event(f"{stem}-record", (f"incident.{one.trouble.kind}", severity), one.subject, one.began, data)


def _work(title: str, korean: str, result: str, minutes: int, team: str) -> dict[str, str | int]:
    return {
        "message": title, "title": title, "title_ko": korean, "result": result, "duration_min": minutes, "team": team,
    }  # fmt: skip


def _event(number: str, what: tuple[str, str], subject: str, at: datetime, data: dict[str, str | int]) -> DemoEvent:
    return {
        "id": f"demo-{number}",
        "source": "demo/company",
        "type": what[0],
        "subject": subject,
        "severity": what[1],
        "time": at.isoformat(),
        "data": data,
    }
