"""What a question tells of itself on its way: stages with what went in and what came out, results of steps, parts of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from prometheus_client import Histogram

from opsloom.ask.blocks import Answer, Stage, StageName
from opsloom.ask.plan import Decision
from opsloom.infra import recording
from opsloom.infra.telemetry import span
from opsloom.inventory.schemas import Scalar
from opsloom.kit.clock import Clock

STAGE_SECONDS = Histogram("opsloom_ask_stage_seconds", "Time a stage of a question takes.", ["stage"])

Detail = dict[str, Scalar | list[str]]


@dataclass(frozen=True)
class StageDone:
    stage: Stage


@dataclass(frozen=True)
class Decided:
    decision: Decision


@dataclass(frozen=True)
class StepDone:
    """One step of the plan has its rows."""

    step_id: str
    tool: str
    status: str
    rows: int


@dataclass(frozen=True)
class SoFar:
    """What can be said already, with evidence; the whole answer replaces it."""

    answer: Answer


@dataclass(frozen=True)
class Finished:
    decision: Decision
    answer: Answer


Progress = StageDone | Decided | StepDone | SoFar | Finished


@dataclass
class Timer:
    """Times the stages of one question and keeps them."""

    clock: Clock
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: StageName, **given: Scalar | list[str]) -> Iterator[Detail]:
        """A span and a stage; what is `given` and the detail filled in meanwhile are what both show. A `status` in it is the stage's."""
        detail: Detail = {}
        began = self.clock.monotonic()
        with span(f"ask.{name.value}") as current:
            yield detail
            took_s = self.clock.monotonic() - began
            status: Literal["ok", "warning", "error", "skipped"] = detail.pop("status", "ok")  # type: ignore[assignment]
            took_ms = round(took_s * 1000, 3)
            self.stages.append(Stage(name=name, status=status, took_ms=took_ms, input=given, detail=detail))
            current.set_attribute("stage.status", status)
            recording.keep(input=given, output=detail)  # never as attributes: what users type stays on this machine
        STAGE_SECONDS.labels(stage=name.value).observe(took_s)

    def skip(self, name: StageName, why: str) -> Stage:
        """A stage that this question did not need."""
        self.stages.append(Stage(name=name, status="skipped", took_ms=0, detail={"why": why}))
        return self.stages[-1]

    @property
    def last(self) -> StageDone:
        return StageDone(self.stages[-1])
