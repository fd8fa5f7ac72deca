"""Requests and responses of golden runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from opsloom.ask.golden.report import Cause, Change, Outcome, Report
from opsloom.kit.model import Shown, Text, Wire

Key = Annotated[Text, StringConstraints(min_length=1, max_length=100)]


class RunReason(StrEnum):
    DEMAND = "demand"
    SCHEDULE = "schedule"
    PUBLISH = "publish"


class GoldenRunAsked(Wire):
    """Which golden questions to ask: those of these keys, or all that are in force."""

    keys: list[Key] = Field(default_factory=list, max_length=1000)
    now: AwareDatetime | None = Field(
        None, description="The clock of the questions; by default the end of the demo world's history, or the present."
    )


class GoldenRunChange(Wire):
    baseline: bool = Field(description="Compare later runs with this one.")


class GoldenRunShown(Shown):
    id: UUID
    started_at: datetime
    ended_at: datetime | None
    reason: RunReason
    started_by: str
    now: datetime
    total: int
    passed: int
    warned: int
    failed: int
    baseline: bool


class GoldenResultLine(Shown):
    key: str
    question: str
    category: str
    language: str
    outcome: Outcome
    cause: Cause | None
    took_ms: float


class GoldenRunDetail(GoldenRunShown):
    compared_with: UUID | None = Field(description="The run that later ones are compared with, if there is another.")
    results: list[GoldenResultLine]


class PastOutcome(Shown):
    run_id: UUID
    started_at: datetime
    outcome: Outcome
    cause: Cause | None
    took_ms: float


class GoldenResultShown(GoldenResultLine):
    """One question of a run: what was found, how it differs from the baseline, and how it went before."""

    run_id: UUID
    report: Report
    baseline_run_id: UUID | None
    changes: list[Change]
    history: list[PastOutcome]
