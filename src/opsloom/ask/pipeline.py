"""The life of a question: route, plan, validate, execute, compose, present. Each stage is a span and is told as it ends.

The language parts are pure and quick; only loading the catalog, running the tools and asking a model wait for something, and no
transaction is held between.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from prometheus_client import Counter

from opsloom.ask.blocks import Answer, AssetUse, StageName
from opsloom.ask.compose.composer import compose, present
from opsloom.ask.compose.replies import reply
from opsloom.ask.execute import Execution
from opsloom.ask.partial import run_telling
from opsloom.ask.plan import Decision, Language, Mode, Origin, Plan, Planned, Refusal, RefusalReason
from opsloom.ask.planning.planner import Understood, make_plan, understand
from opsloom.ask.planning.previous import Context, Previous
from opsloom.ask.planning.world import World, build_world
from opsloom.ask.stages import Decided, Detail, Finished, Progress, Timer
from opsloom.ask.tools.contract import Registry, ToolContext, ToolResult, ToolStatus
from opsloom.ask.validate import DEFAULT, Policy, validate
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, span
from opsloom.inventory import service as inventory
from opsloom.kit.clock import Clock

log = get_logger(__name__)

QUESTIONS = Counter("opsloom_ask_questions_total", "Questions by the status of their answer.", ["status"])
WITHHELD = Counter("opsloom_ask_numbers_withheld_total", "Numbers kept out of an answer because no evidence held them.")
MAX_WORLDS = 32
_NAMED = 20

# A model may understand what the words here do not; what is unsafe or impossible stays refused.
_WORTH_A_MODEL = frozenset({RefusalReason.NOT_UNDERSTOOD, RefusalReason.NOT_YET, RefusalReason.OUT_OF_SCOPE})
_FAILED = (ToolStatus.ERROR, ToolStatus.FORBIDDEN)


@dataclass(frozen=True)
class Asked:
    """`previous` is what a follow-up refers to; `plan` is run as it is; `model` goes to the language model at once."""

    text: str
    zone: ZoneInfo
    now: datetime
    chosen: UUID | None = None
    mode: Mode = Mode.AUTO
    previous: Previous | None = None
    plan: Plan | None = None
    model: bool = False


@dataclass(frozen=True)
class ModelPlan:
    """What a language model made of a question; without a decision, `why` says why there is none."""

    decision: Decision | None
    why: str = ""
    assets: tuple[AssetUse, ...] = ()


class ModelPlanner(Protocol):
    """A planner by a language model. It never raises for what a model or its provider does wrong."""

    async def decide(self, scope: Scope, asked: Asked, world: World) -> ModelPlan: ...

    async def reword(self, scope: Scope, answer: Answer) -> tuple[Answer, str]:
        """The answer to show, with its facts as they are, and what became of the wish; empty where no model was asked."""
        ...


@dataclass
class _Course:
    """Where a question stands between its stages."""

    timer: Timer
    language: Language = Language.EN
    decision: Decision | None = None
    assets: tuple[AssetUse, ...] = ()


class Asker:
    """Answers questions with the tools it was given. One a process; keeps each tenant's names until they change."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        tools: Registry,
        policy: Policy = DEFAULT,
        model: ModelPlanner | None = None,
    ) -> None:
        self.db, self.clock, self.tools, self.policy, self.model = db, clock, tools, policy, model
        self._worlds: OrderedDict[UUID, tuple[str, World]] = OrderedDict()

    async def answer(self, scope: Scope, asked: Asked) -> AsyncGenerator[Progress, None]:
        """Progress as it happens; the last one is `Finished`. Raises ConnectionLost when the database is away."""
        course = _Course(Timer(self.clock))
        deciding = self._edited(asked.plan, course) if asked.plan else self._decide(scope, asked, course)
        async with aclosing(deciding) as every:
            async for progress in every:
                yield progress
        decision = course.decision
        assert decision is not None, "every question is decided on"
        if isinstance(decision, Planned):
            async with aclosing(self._run(scope, decision.plan, course)) as run:
                async for progress in run:
                    yield progress
            return
        yield Decided(decision)
        yield _finish(decision, reply(decision, course.language), course)

    async def _edited(self, plan: Plan, course: _Course) -> AsyncGenerator[Progress, None]:
        """Somebody has written the plan: there is nothing to read and nothing to plan."""
        course.decision, course.language = Planned(plan=plan), plan.language
        for name in (StageName.ROUTE, StageName.PLAN):
            course.timer.skip(name, "the plan was given")
            yield course.timer.last

    async def _decide(self, scope: Scope, asked: Asked, course: _Course) -> AsyncGenerator[Progress, None]:
        timer = course.timer
        with timer.stage(StageName.ROUTE, text=asked.text[:200], mode=asked.mode.value) as detail:
            world = await self.world(scope)
            context = Context(asked.chosen, asked.mode, asked.previous)
            understood = understand(asked.text, world, asked.now, asked.zone, context)
            course.language = understood.language
            detail.update(_read(understood, world))
        yield timer.last
        course.decision = understood.routed
        if not self._needs_plan(asked, course.decision):
            return
        given: Detail = {"follows": asked.previous.question[:200]} if asked.previous else {}
        with timer.stage(StageName.PLAN, **given) as detail:
            if understood.routed is None and understood.reading is not None:
                course.decision = make_plan(understood.reading, world, asked.now, understood.language)
            if self.model is not None and (asked.model or _worth_a_model(course.decision)):
                await self._ask_model(scope, asked, world, course, detail)
            assert course.decision is not None, "what is not routed is planned"
            detail.update(_planned(course.decision))
        yield timer.last

    def _needs_plan(self, asked: Asked, routed: Decision | None) -> bool:
        if routed is None:
            return True
        return self.model is not None and (asked.model or _worth_a_model(routed))

    async def _ask_model(self, scope: Scope, asked: Asked, world: World, course: _Course, detail: Detail) -> None:
        """The model's decision instead of ours, or why ours stays."""
        assert self.model is not None
        made = await self.model.decide(scope, asked, world)
        course.assets = made.assets
        if made.decision is None:
            detail["model"] = made.why
            return
        course.decision = made.decision

    async def _run(self, scope: Scope, plan: Plan, course: _Course) -> AsyncGenerator[Progress, None]:
        timer = course.timer
        with timer.stage(StageName.VALIDATE, steps=[f"{one.id} {one.kind}" for one in plan.steps[:_NAMED]]) as detail:
            checked = validate(plan, self.policy, self.tools.keys())
            detail.update(_checked(plan, checked))
        yield timer.last
        if isinstance(checked, Refusal):
            yield Decided(checked)
            yield _finish(checked, reply(checked, plan.language), course)
            return
        decision = Planned(plan=checked)
        yield Decided(decision)
        execution: Execution | None = None
        with timer.stage(StageName.EXECUTE, steps=[f"{one.id} {one.kind}" for one in checked.steps]) as detail:
            context = ToolContext(self.db, scope, self.clock, self.policy.step_deadline_s)
            async with aclosing(run_telling(checked, self.tools, context, self.policy.deadline_s)) as told:
                async for one in told:
                    if isinstance(one, Execution):
                        execution = one
                    else:
                        yield one
            assert execution is not None, "a run ends with its execution"
            detail.update(_executed(execution))
        yield timer.last
        with timer.stage(StageName.COMPOSE, results=_results(execution)) as detail:
            sheet = compose(checked, execution)
            detail.update({"blocks": len(sheet.blocks), "references": len(sheet.references)})
        yield timer.last
        with timer.stage(StageName.PRESENT, blocks=[block.type for block in sheet.blocks[:_NAMED]]) as detail:
            answer, withheld = present(sheet)
            if withheld:
                WITHHELD.inc(len(withheld))
                log.error("ask.numbers_withheld", numbers=withheld)
                detail.update({"withheld": withheld, "status": "error"})
            if self.model is not None:
                answer, outcome = await self.model.reword(scope, answer)
                detail.update({"words": outcome} if outcome else {})
            detail["answer"] = answer.status.value
        yield timer.last
        used = [asset for result in execution.results.values() for asset in result.assets]
        yield _finish(decision, answer.model_copy(update={"assets": used}), course)

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


def _worth_a_model(decision: Decision | None) -> bool:
    return isinstance(decision, Refusal) and decision.reason in _WORTH_A_MODEL


def _finish(decision: Decision, answer: Answer, course: _Course) -> Finished:
    QUESTIONS.labels(status=answer.status.value).inc()
    assets = list({one.model_dump_json(): one for one in (*course.assets, *answer.assets)}.values())
    return Finished(decision, answer.model_copy(update={"stages": course.timer.stages, "assets": assets}))


def _read(understood: Understood, world: World) -> Detail:
    detail: Detail = {
        "language": understood.language.value,
        "routed": understood.routed.kind if understood.routed else "plan",
        "known_items": len(world.things),
    }
    if understood.reading is not None:
        detail |= {
            "coverage": round(understood.reading.coverage, 3),
            "unknown": list(understood.reading.unknown[:10]),
        }
    return detail


def _planned(decision: Decision) -> Detail:
    if isinstance(decision, Planned):
        plan = decision.plan
        return {"planner": plan.origin.value, "intent": plan.intent.value, "steps": len(plan.steps)}
    reason = decision.reason.value if isinstance(decision, Refusal) else decision.kind
    return {"reason": reason, "status": "warning" if reason != RefusalReason.INVALID_PLAN else "error"}


def _checked(plan: Plan, checked: Plan | Refusal) -> Detail:
    if isinstance(checked, Refusal):
        return {"refused": checked.words, "status": "error"}
    changed = [note.text for note in checked.notes if note not in plan.notes]
    return {"changed": list(changed), "status": "warning"} if changed else {}


def _executed(execution: Execution) -> Detail:
    """Errors by family, and what still worked."""
    results = execution.results.values()
    failed = [one for one in results if one.status in _FAILED]
    detail: Detail = {
        "worked": [one.step_id for one in results if one not in failed],
        "failed": [one.step_id for one in failed],
        "errors": [f"{one.step_id} {one.family.value if one.family else 'tool'}: {one.detail}" for one in failed],
        "merged": execution.merged,
        "tools": sorted({one.tool for one in results}),
        "versions": sorted({f"{used.kind} {used.name} {used.version}" for one in results for used in one.assets}),
        "status": "warning" if failed else "ok",
    }
    return {key: value for key, value in detail.items() if value != []}


def _results(execution: Execution) -> list[str]:
    return [_result(one) for one in list(execution.results.values())[:_NAMED]]


def _result(result: ToolResult) -> str:
    rows = f", {len(result.evidence.rows)} rows" if result.evidence is not None else ""
    return f"{result.step_id} {result.status.value}{rows}"


def as_edited(plan: Plan) -> Plan:
    """A plan that somebody sent: it is his, whoever made it before."""
    return plan.model_copy(update={"origin": Origin.EDITED})
