"""Shapes of executors over HTTP."""

from datetime import datetime
from uuid import UUID

from opsloom.kit.due import CatchUp
from opsloom.kit.model import Shown
from opsloom.rules.executors.models import ExecutorKind, MomentOutcome


class ExecutorRunShown(Shown):
    """What became of one moment. `node` is the process that had it, `asked_by` whoever asked for it out of turn."""

    due_at: datetime
    asked_by: str | None
    attempt: int
    node: str
    started_at: datetime
    ended_at: datetime | None
    outcome: MomentOutcome
    rows: int | None
    detail: str


class ExecutorShown(Shown):
    """An executor with its newest run. It has the id of the asset it serves; `leased_by` is the process that runs it."""

    id: UUID
    kind: ExecutorKind
    name: str
    version: int
    cron: str | None
    zone: str | None
    every_s: float | None
    missed: CatchUp
    paused_at: datetime | None
    paused_by: str | None
    next_at: datetime | None
    leased_by: str | None
    leased_until: datetime | None
    last_run: ExecutorRunShown | None = None
