"""Incidents of the made-up company: one a day with a cause, a spread along the relations, and an end; and one just before the anchor.

What depends on a cause suffers by its distance: a service calling, using or running on it is slowed and fails, its callers less so. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

import numpy as np

from opsloom.inventory.demo.company import edges, names_of
from opsloom.inventory.demo.world import SEED, World, days_between, midnight

DEPENDENCE: Final = frozenset({"RUNS_ON", "USES", "DEPENDS_ON", "STORED_ON", "PROTECTED_BY"})
FAR: Final = 3
SLOWER: Final = (2.0, 4.0, 2.2, 1.4)  # latency times, by hops from the cause
FAILING: Final = (9.0, 6.0, 3.0, 0.7)  # points of error rate added
LAG_MIN: Final = 2  # a hop away it begins so much later
STORY_BEGAN_MIN, STORY_ENDED_MIN = (
    200,
    160,
)  # before the anchor; long enough for a sample of the small world at each hop
STORY_CAUSE: Final = "pay-db-01"
_QUIET_BEFORE, _QUIET_AFTER = timedelta(hours=6), timedelta(minutes=30)


class How(StrEnum):
    LEVEL = "level"
    TIMES = "times"
    ADD = "add"


@dataclass(frozen=True)
class Effect:
    item: str
    metric: str
    began: datetime
    ended: datetime
    how: How
    amount: float


@dataclass(frozen=True)
class Trouble:
    """A kind of incident: what its cause's own metrics show, what is reported there, what was changed before."""

    kind: str
    title: str
    title_ko: str
    symptom: str  # the type of the cause's own event
    effects: tuple[tuple[str, How, float], ...] = ()
    change: str = ""  # the type of the change before it, if it came from one
    change_title: str = ""


@dataclass(frozen=True)
class Incident:
    number: int
    began: datetime
    ended: datetime
    cause: str
    trouble: Trouble
    hops: tuple[tuple[str, int], ...]  # services that suffer, nearest first

    @property
    def subject(self) -> str:
        """Where it is noticed: the farthest service that suffers clearly, else the cause."""
        clear = [name for name, hop in self.hops if hop <= 2]
        return clear[-1] if clear else self.cause


DATABASE: Final = Trouble(
    "database", "Slow queries after a schema change", "스키마 변경 뒤 느린 쿼리", "database.slow_queries",
    (("cpu.usage", How.LEVEL, 92.0), ("postgres.connections", How.TIMES, 2.2)),
    "change.schema", "Index dropped during schema change",
)  # fmt: skip
SERVER: Final = Trouble(
    "server", "Runaway process after a release", "배포 뒤 프로세스 폭주", "server.cpu_saturated",
    (("cpu.usage", How.LEVEL, 95.0),), "deployment.release", "Release with a busy loop",
)  # fmt: skip
MEMORY: Final = Trouble(
    "memory", "Memory leak", "메모리 누수", "server.memory_pressure", (("memory.usage", How.LEVEL, 96.0),),
)  # fmt: skip
CACHE: Final = Trouble(
    "cache", "Cache full, evicting", "캐시 가득 참", "cache.evictions", (("memory.usage", How.LEVEL, 98.0),),
    "change.config", "Time to live of the cache raised",
)  # fmt: skip
QUEUE: Final = Trouble("queue", "Queue backs up", "큐 적체", "queue.backlog", (("queue.depth", How.TIMES, 25.0),))
SERVICE: Final = Trouble(
    "service", "Faulty release", "잘못된 배포", "service.release_failed", (), "deployment.release", "Release of a faulty build",
)  # fmt: skip
STORAGE: Final = Trouble(
    "storage", "Storage nearly full", "스토리지 용량 부족", "storage.nearly_full", (("disk.usage", How.LEVEL, 98.0),),
)  # fmt: skip
NETWORK: Final = Trouble(
    "network", "Wrong firewall rule", "잘못된 방화벽 정책", "network.drops", (), "change.network", "Firewall rule changed",
)  # fmt: skip
CERTIFICATE: Final = Trouble("certificate", "Certificate expired", "인증서 만료", "certificate.expired")
BALANCER: Final = Trouble(
    "load_balancer", "Unhealthy pool members", "로드밸런서 풀 이상", "load_balancer.unhealthy",
    (("network.receive_bytes_s", How.TIMES, 0.2),), "change.config", "Health check of the pool changed",
)  # fmt: skip

ROTATION: Final[tuple[tuple[str, Trouble], ...]] = (
    ("pay-db-01", DATABASE), ("app-03", SERVER), ("cache-03", CACHE), ("orders-queue", QUEUE), ("catalog", SERVICE),
    ("san-02", STORAGE), ("inner-firewall-01", NETWORK), ("cert-login", CERTIFICATE), ("member-db-01", DATABASE),
    ("app-07", SERVER), ("cache-02", CACHE), ("delivery-queue", QUEUE), ("pricing", SERVICE), ("lb-01", BALANCER),
    ("orders-db-01", DATABASE), ("gpu-01", SERVER), ("cache-04", CACHE), ("settle-queue", QUEUE), ("review", SERVICE),
    ("media-nas-01", STORAGE), ("stock-db-01", DATABASE), ("pay-02", SERVER), ("search-index-01", DATABASE),
    ("coupon", SERVICE), ("settle-db-01", DATABASE), ("web-04", MEMORY), ("fraud-db-01", DATABASE),
    ("point-queue", QUEUE), ("app-11", MEMORY), ("delivery-db-01", DATABASE),
)  # fmt: skip


def incidents_between(world: World, start: datetime, end: datetime) -> Iterator[Incident]:
    """Those that touch [start, end), by their begin."""
    found = [one for day in days_between(start - timedelta(days=1), end) if (one := _of_day(world, day)) is not None]
    found.append(_story(world))
    yield from sorted((one for one in found if one.began < end and one.ended > start), key=lambda one: one.began)


def effects_between(world: World, start: datetime, end: datetime) -> Iterator[Effect]:
    """What incidents do to metrics in [start, end)."""
    for incident in incidents_between(world, start, end):
        yield from _effects(incident)


@cache
def suffering(cause: str) -> tuple[tuple[str, int], ...]:
    """The services that depend on an item, with how many calls away they are; the item itself is at 0 if it is one."""
    services = set(names_of("service"))
    above: dict[str, list[str]] = {}
    for source, kind, target in edges():
        if kind in DEPENDENCE:
            above.setdefault(target, []).append(source)
    distance = {cause: 0}
    queue = [cause]
    while queue:
        here = queue.pop(0)
        for name in above.get(here, []):
            if name not in distance and distance[here] < FAR:
                distance[name] = distance[here] + 1
                queue.append(name)
    found = [(name, hop) for name, hop in distance.items() if name in services]
    return tuple(sorted(found, key=lambda one: (one[1], one[0])))


def _of_day(world: World, day: date) -> Incident | None:
    rng = np.random.default_rng([SEED, 99, day.toordinal()])
    began = midnight(day) + timedelta(minutes=int(rng.integers(30, 1320)))
    ended = began + timedelta(minutes=int(rng.integers(40, 90)))
    if began < world.anchor + _QUIET_AFTER and ended > world.anchor - _QUIET_BEFORE:
        return None  # the story just before the anchor stands alone
    cause, trouble = ROTATION[day.toordinal() % len(ROTATION)]
    return Incident(day.toordinal(), began, ended, cause, trouble, suffering(cause))


def _story(world: World) -> Incident:
    began = world.anchor - timedelta(minutes=STORY_BEGAN_MIN)
    ended = world.anchor - timedelta(minutes=STORY_ENDED_MIN)
    return Incident(0, began, ended, STORY_CAUSE, DATABASE, suffering(STORY_CAUSE))


def _effects(one: Incident) -> Iterator[Effect]:
    for metric, how, amount in one.trouble.effects:
        yield Effect(one.cause, metric, one.began, one.ended, how, amount)
    for name, hop in one.hops:
        began = one.began + timedelta(minutes=LAG_MIN * hop)
        yield Effect(name, "service.latency_ms", began, one.ended, How.TIMES, SLOWER[hop])
        yield Effect(name, "service.error_rate", began, one.ended, How.ADD, FAILING[hop])
