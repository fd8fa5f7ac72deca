"""Questions under way: followed, followed again, stopped, left; and what is told before everything has run."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.ask import service
from opsloom.ask.blocks import AnswerStatus, Stage
from opsloom.ask.execute import Execution
from opsloom.ask.partial import run_telling
from opsloom.ask.pipeline import Asker
from opsloom.ask.plan import AlertsStep, EventsStep, Intent, Language, Plan, Planned, Step, TimeWindow
from opsloom.ask.running import Run, Runs
from opsloom.ask.schemas import QuestionAsked
from opsloom.ask.stages import SoFar, StepDone
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.contract import Tool, ToolContext, ToolResult, registry
from opsloom.ask.work import Begun, Broken, Recorded, Told
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core

QUESTION = QuestionAsked(text="How many alerts fired today?", time_zone="Asia/Seoul", new_thread=True)
REAL = {tool.kind: tool for tool in BUILT_IN}


@dataclass
class Held:
    """A tool that waits until it is let go."""

    tool: Tool
    name: str = "held"
    permission: Permission = Permission.ALERTS_READ
    go: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""

    @property
    def kind(self) -> str:
        return self.tool.kind

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        return await self.tool.run(context, step)


@pytest.fixture
def held() -> Held:
    return Held(REAL["alerts"])


def asker_of(core: Core, held: Held) -> Asker:
    return Asker(core.db, core.clock, registry(held))


async def begun(core: Core, runs: Runs, held: Held, tenant: TestTenant) -> Run:
    """A question whose tool is at work."""
    run = runs.begin(await service.accept(asker_of(core, held), tenant.scope, QUESTION))
    await until(lambda: any(isinstance(one, Planned) for one in run.told), "a plan")
    return run


async def all_of(told: AsyncGenerator[tuple[int, Told], None]) -> list[tuple[int, Told]]:
    return [one async for one in told]


async def stored(core: Core, tenant: TestTenant, question_id: UUID) -> service.QuestionShown:
    async with core.db.transaction(tenant.scope) as session:
        return await service.get_question(session, tenant.scope, question_id)


async def test_a_stopped_question_keeps_what_had_arrived(core: Core, tenant: TestTenant, held: Held) -> None:
    runs = Runs()
    run = await begun(core, runs, held, tenant)
    following = asyncio.create_task(all_of(runs.follow(run)))
    await runs.stop(run)
    last = (await following)[-1][1]
    assert isinstance(last, Recorded)
    assert held.ended == "cancelled"
    assert last.question.status is AnswerStatus.STOPPED
    assert [one.name for one in last.question.stages] == ["route", "plan", "validate"]
    assert isinstance(last.question.plan, Planned)
    assert await stored(core, tenant, run.id) == last.question
    assert runs.find(tenant.scope, run.id) is None


async def test_who_follows_again_gets_the_rest(core: Core, tenant: TestTenant, held: Held) -> None:
    runs = Runs()
    run = await begun(core, runs, held, tenant)
    first = asyncio.create_task(all_of(runs.follow(run)))
    seen = len(run.told)
    again = asyncio.create_task(all_of(runs.follow(run, seen - 1)))
    held.go.set()
    whole, rest = await asyncio.gather(first, again)
    assert [number for number, _ in whole] == list(range(len(whole)))
    assert rest == whole[seen:]
    assert isinstance(whole[0][1], Begun)
    assert isinstance(whole[-1][1], Recorded)
    assert sum(isinstance(one, Stage) for _, one in whole) == 6


async def test_a_question_that_nobody_follows_ends(core: Core, tenant: TestTenant, held: Held) -> None:
    runs = Runs(grace_s=0)
    run = await begun(core, runs, held, tenant)
    async with aclosing(runs.follow(run)) as told:
        await anext(told)
    await until(lambda: run.ended, "the end of a question that was left")
    assert (await stored(core, tenant, run.id)).status is AnswerStatus.STOPPED


async def test_a_lost_follower_may_come_back(core: Core, tenant: TestTenant, held: Held) -> None:
    runs = Runs(grace_s=60)
    run = await begun(core, runs, held, tenant)
    async with aclosing(runs.follow(run)) as told:
        await anext(told)
    held.go.set()
    last = (await all_of(runs.follow(run)))[-1][1]
    assert isinstance(last, Recorded)
    assert last.question.status is not AnswerStatus.STOPPED


async def test_only_who_asked_finds_a_running_question(
    core: Core, tenant: TestTenant, other_tenant: TestTenant, held: Held
) -> None:
    runs = Runs()
    run = await begun(core, runs, held, tenant)
    assert runs.find(tenant.scope, run.id) is run
    assert runs.find(other_tenant.scope, run.id) is None
    await runs.stop(run)


async def test_the_end_of_the_process_ends_questions(core: Core, tenant: TestTenant, held: Held) -> None:
    runs, stop = Runs(), asyncio.Event()
    companion = asyncio.create_task(runs.run(stop))
    run = await begun(core, runs, held, tenant)
    stop.set()
    await companion
    assert run.ended
    assert held.ended == "cancelled"


@dataclass
class Bursting:
    """A planner of a model that breaks its promise never to raise."""

    async def decide(self, *_: object) -> None:
        raise RuntimeError("a secret")


async def test_a_question_that_breaks_says_so_and_no_more(core: Core, tenant: TestTenant, held: Held) -> None:
    runs = Runs()
    asker = asker_of(core, held)
    asker.model = Bursting()  # type: ignore[assignment]
    asked = QuestionAsked(text="flibber the wobble", model=True)
    run = runs.begin(await service.accept(asker, tenant.scope, asked))
    last = (await all_of(runs.follow(run)))[-1][1]
    assert isinstance(last, Broken)
    assert last.problem.status == 500
    assert "secret" not in last.problem.message


async def test_what_is_known_is_told_while_the_rest_runs(core: Core, tenant: TestTenant, held: Held) -> None:
    now = datetime.now(UTC)
    window = TimeWindow(start=now - timedelta(hours=1), end=now, zone="UTC")
    steps: list[Step] = [EventsStep(id="s1", mode="count", window=window), AlertsStep(id="s2")]
    plan = Plan(language=Language.EN, intent=Intent.COUNT, zone="UTC", steps=steps)
    context = ToolContext(core.db, tenant.scope, core.clock, 5.0)
    heard = []
    async with aclosing(run_telling(plan, registry(held, REAL["events"]), context, 10.0, early_s=-1)) as told:
        async for one in told:
            heard.append(one)
            if isinstance(one, SoFar):
                assert one.answer.references[0].step_id == "s1"
                held.go.set()
    assert [type(one) for one in heard] == [StepDone, SoFar, StepDone, Execution]
    assert [one.step_id for one in heard if isinstance(one, StepDone)] == ["s1", "s2"]


async def test_an_ended_question_tells_its_answer_and_cannot_be_stopped(
    client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    asked = (await client.post("/api/v1/questions", json={"text": "hello"}, headers=tenant.headers)).json()
    path = f"/api/v1/questions/{asked['id']}"
    again = await client.get(f"{path}/stream", headers=tenant.headers | {"Last-Event-ID": "3"})
    assert [line for line in again.text.splitlines() if line.startswith("event: ")] == ["event: answer"]
    stopped = await client.post(f"{path}/stop", headers=tenant.headers)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "question_not_running")
    for answer in (
        await client.get(f"{path}/stream", headers=other_tenant.headers),
        await client.post(f"{path}/stop", headers=other_tenant.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "question_not_found")


async def test_every_event_of_a_stream_has_a_number(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    body = {"text": "오늘 알림은 몇 건이야?", "time_zone": "Asia/Seoul"}
    answer = await client.post("/api/v1/questions/stream", json=body, headers=tenant.headers)
    lines = answer.text.splitlines()
    numbers = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    assert numbers == list(range(len([line for line in lines if line.startswith("event: ")])))
