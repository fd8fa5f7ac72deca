"""The life of a question: route, plan, validate, execute, compose, present. Each stage is a span and is told as it ends.

The language parts are pure and quick; only loading the catalog and running the tools touch the database, and no
transaction is held between.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from prometheus_client import Counter, Histogram

from opsloom.ask.blocks import Answer, Stage, StageName
from opsloom.ask.compose.composer import compose, present
from opsloom.ask.compose.replies import reply
from opsloom.ask.execute import execute
from opsloom.ask.plan import Decision, Plan, Planned, Refusal, RefusalReason
from opsloom.ask.planning.planner import make_plan, understand
from opsloom.ask.planning.previous import Context
from opsloom.ask.planning.world import World, build_world
from opsloom.ask.tools.contract import Registry, ToolContext, ToolStatus
from opsloom.ask.validate import DEFAULT, Policy, validate
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, span
from opsloom.inventory import service as inventory
from opsloom.inventory.schemas import Scalar
from opsloom.kit.clock import Clock

log = get_logger(__name__)

STAGE_SECONDS = Histogram("opsloom_ask_stage_seconds", "Time a stage of a question takes.", ["stage"])
QUESTIONS = Counter("opsloom_ask_questions_total", "Questions by the status of their answer.", ["status"])
WITHHELD = Counter("opsloom_ask_numbers_withheld_total", "Numbers kept out of an answer because no evidence held them.")
MAX_WORLDS = 32

Detail = dict[str, Scalar | list[str]]


@dataclass(frozen=True)
class Asked:
    text: str
    zone: ZoneInfo
    now: datetime
    chosen: UUID | None = None


@dataclass(frozen=True)
class StageDone:
    stage: Stage


@dataclass(frozen=True)
class Decided:
    decision: Decision


@dataclass(frozen=True)
class Finished:
    decision: Decision
    answer: Answer


Progress = StageDone | Decided | Finished


@dataclass
class _Timer:
    clock: Clock
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: StageName) -> Iterator[Detail]:
        """A span and a stage; the detail filled in meanwhile is what both show. A `status` in it is the stage's."""
        detail: Detail = {}
        began = self.clock.monotonic()
        with span(f"ask.{name.value}") as current:
            yield detail
            took_s = self.clock.monotonic() - began
            status: Literal["ok", "warning", "error", "skipped"] = detail.pop("status", "ok")  # type: ignore[assignment]
            self.stages.append(Stage(name=name, status=status, took_ms=round(took_s * 1000, 3), detail=detail))
            for key, value in detail.items():
                current.set_attribute(key, value if isinstance(value, str | bool | int | float) else str(value))
        STAGE_SECONDS.labels(stage=name.value).observe(took_s)


class Asker:
    """Answers questions with the tools it was given. One a process; keeps each tenant's names until they change."""

    def __init__(self, db: Database, clock: Clock, tools: Registry, policy: Policy = DEFAULT) -> None:
        self.db, self.clock, self.tools, self.policy = db, clock, tools, policy
        self._worlds: OrderedDict[UUID, tuple[str, World]] = OrderedDict()

    async def answer(self, scope: Scope, asked: Asked) -> AsyncGenerator[Progress, None]:
        """Progress as it happens; the last one is `Finished`. Raises ConnectionLost when the database is away."""
        timer = _Timer(self.clock)
        world = await self.world(scope)
        with timer.stage(StageName.ROUTE) as detail:
            understood = understand(asked.text, world, asked.now, asked.zone, Context(chosen=asked.chosen))
            detail |= {
                "language": understood.language.value,
                "routed": understood.routed.kind if understood.routed else "plan",
            }
            if understood.reading is not None:
                detail |= {
                    "coverage": round(understood.reading.coverage, 3),
                    "unknown": list(understood.reading.unknown[:10]),
                }
        yield StageDone(timer.stages[-1])
        decision: Decision
        if understood.routed is not None:
            decision = understood.routed
        else:
            assert understood.reading is not None
            with timer.stage(StageName.PLAN) as detail:
                decision = make_plan(understood.reading, world, asked.now, understood.language)
                detail.update(_planned(decision))
            yield StageDone(timer.stages[-1])
        if isinstance(decision, Planned):
            async with aclosing(self._run(scope, decision.plan, timer)) as run:
                async for progress in run:
                    yield progress
            return
        yield Decided(decision)
        yield self._finish(decision, reply(decision, understood.language), timer)

    async def _run(self, scope: Scope, plan: Plan, timer: _Timer) -> AsyncGenerator[Progress, None]:
        with timer.stage(StageName.VALIDATE) as detail:
            checked = validate(plan, self.policy, self.tools.keys())
            detail["status"] = (
                "error" if isinstance(checked, Refusal) else "ok" if checked.notes == plan.notes else "warning"
            )
        yield StageDone(timer.stages[-1])
        if isinstance(checked, Refusal):
            yield Decided(checked)
            yield self._finish(checked, reply(checked, plan.language), timer)
            return
        decision = Planned(plan=checked)
        yield Decided(decision)
        with timer.stage(StageName.EXECUTE) as detail:
            context = ToolContext(self.db, scope, self.clock, self.policy.step_deadline_s)
            execution = await execute(checked, self.tools, context, self.policy.deadline_s)
            failed = [
                one.step_id
                for one in execution.results.values()
                if one.status in (ToolStatus.ERROR, ToolStatus.FORBIDDEN)
            ]
            detail.update({"steps": len(checked.steps), "merged": execution.merged, "failed": failed})
            detail["tools"] = sorted({one.tool for one in execution.results.values()})
            detail["status"] = "warning" if failed else "ok"
        yield StageDone(timer.stages[-1])
        with timer.stage(StageName.COMPOSE) as detail:
            sheet = compose(checked, execution)
            detail.update({"blocks": len(sheet.blocks), "references": len(sheet.references)})
        yield StageDone(timer.stages[-1])
        with timer.stage(StageName.PRESENT) as detail:
            answer, withheld = present(sheet)
            if withheld:
                WITHHELD.inc(len(withheld))
                log.error("ask.numbers_withheld", numbers=withheld)
                detail.update({"withheld": withheld, "status": "error"})
        yield StageDone(timer.stages[-1])
        yield self._finish(decision, answer, timer)

    def _finish(self, decision: Decision, answer: Answer, timer: _Timer) -> Finished:
        QUESTIONS.labels(status=answer.status.value).inc()
        return Finished(decision, answer.model_copy(update={"stages": timer.stages}))

    async def world(self, scope: Scope) -> World:
        """The tenant's names and metrics, rebuilt only when they changed; nothing for a caller who may not read the inventory."""
        if not scope.allows(Permission.INVENTORY_READ):
            return build_world(inventory.Catalog("", (), {}, {}))
        async with self.db.transaction(scope) as session:
            mark = await inventory.catalog_mark(session, scope)
            kept = self._worlds.get(scope.tenant_id)
            if kept is not None and kept[0] == mark:
                self._worlds.move_to_end(scope.tenant_id)
                return kept[1]
            with span("ask.read_catalog"):
                catalog = await inventory.read_catalog(session, scope)
        world = build_world(catalog)
        self._worlds[scope.tenant_id] = (catalog.mark, world)
        while len(self._worlds) > MAX_WORLDS:
            self._worlds.popitem(last=False)
        return world


def _planned(decision: Decision) -> Detail:
    if isinstance(decision, Planned):
        return {"intent": decision.plan.intent.value, "steps": len(decision.plan.steps)}
    reason = decision.reason.value if isinstance(decision, Refusal) else decision.kind
    return {"reason": reason, "status": "warning" if reason != RefusalReason.INVALID_PLAN else "error"}
