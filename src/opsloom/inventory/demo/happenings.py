"""Events of the made-up company's last day: routine, a little trouble, and the story of the incident. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from opsloom.inventory.demo.company import SERVERS, SERVICES, STORES
from opsloom.inventory.demo.shapes import CAUSE, INCIDENT_BEGAN_MIN, INCIDENT_ENDED_MIN, MINUTES, SEED

EVENTS = 320
DemoEvent = dict[str, str | dict[str, str | int]]

_ROUTINE: tuple[tuple[str, str, str], ...] = (
    ("job.finished", "info", "Scheduled job finished"),
    ("deploy.finished", "info", "Deployment finished"),
    ("backup.finished", "info", "Backup finished"),
    ("login.failed", "warning", "Repeated failed logins"),
    ("job.failed", "error", "Scheduled job failed"),
    ("disk.filling", "warning", "Disk is filling up"),
    ("service.restarted", "notice", "Service restarted"),
)
_WEIGHTS = (0.42, 0.14, 0.1, 0.14, 0.06, 0.06, 0.08)


def happenings(last: datetime) -> list[DemoEvent]:
    """Events as the ingest route takes them, oldest first, with ids that stay the same for the same `last`."""
    rng = np.random.default_rng([SEED, 7])
    names = [name for name, *_rest in SERVICES] + [name for name, _korean in SERVERS]
    names += [name for name, kind, *_rest in STORES if kind == "database"]
    found = []
    for number in range(EVENTS):
        kind, severity, message = _ROUTINE[int(rng.choice(len(_ROUTINE), p=_WEIGHTS))]
        subject = names[int(rng.integers(len(names)))]
        at = last - timedelta(minutes=int(rng.integers(1, MINUTES)), seconds=int(rng.integers(60)))
        found.append(_event(number, (kind, severity, message), subject, at))
    found += [_event(EVENTS + n, *part) for n, part in enumerate(_story(last))]
    return sorted(found, key=lambda one: str(one["time"]))


def _story(last: datetime) -> list[tuple[tuple[str, str, str], str, datetime]]:
    """The incident: a change, the symptoms in the order they spread, and the repair."""

    def ago(minutes: int) -> datetime:
        return last - timedelta(minutes=minutes)

    began, ended = INCIDENT_BEGAN_MIN, INCIDENT_ENDED_MIN
    return [
        (("change.applied", "notice", "Index dropped during schema change"), CAUSE, ago(began + 4)),
        (("database.slow_queries", "error", "Slow queries above 2 s"), CAUSE, ago(began - 1)),
        (("service.degraded", "error", "Response time above its objective"), "payment-gateway", ago(began - 2)),
        (("service.failing", "critical", "Payments are failing"), "payment-gateway", ago(began - 4)),
        (("service.degraded", "error", "Response time above its objective"), "checkout", ago(began - 5)),
        (("change.rolled_back", "notice", "Index created again"), CAUSE, ago(ended + 2)),
        (("service.recovered", "info", "Back within its objective"), "payment-gateway", ago(ended - 1)),
        (("service.recovered", "info", "Back within its objective"), "checkout", ago(ended - 2)),
    ]


def _event(number: int, what: tuple[str, str, str], subject: str, at: datetime) -> DemoEvent:
    kind, severity, message = what
    return {
        "id": f"demo-{number:05d}",
        "source": "demo/company",
        "type": kind,
        "subject": subject,
        "severity": severity,
        "time": at.isoformat(),
        "data": {"message": message, "number": number},
    }
