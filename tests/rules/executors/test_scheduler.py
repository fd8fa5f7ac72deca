"""Executors on the real database: a moment runs once, on one node, and what it brings is judged like anything else."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest_asyncio
from sqlalchemy import text

from fixtures.tenants import TestTenant
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import OpsloomError
from opsloom.rules.executors import repository, scheduler, service
from opsloom.rules.executors.errors import AnswerUnusable
from opsloom.rules.executors.models import Executor, ExecutorKind, ExecutorRun
from opsloom.rules.executors.query import QueryWork, Row
from opsloom.rules.executors.scheduler import Works
from opsloom.rules.executors.work import Asked
from rules.world import World

LOADED: dict[str, Any] = {
    "name": "Loaded hosts",
    "kind": "schedule",
    "source": {
        "type": "query",
        "statement": "select name, length(name) * 20 as load from data.items where type = 'host'",
        "cron": "*/5 * * * *",
    },
    "keys": ["data['name']"],
    "condition": "data['load'] > 90",
}
STEP = timedelta(minutes=5)


class Scripted(QueryWork):
    """Answers what the test says, or really asks."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self.answers: list[list[Row] | OpsloomError] = []
        self.asked: list[datetime] = []
        self.meanwhile: Any = None

    async def ask(self, scope: Scope, asked: Asked[Any]) -> list[Row]:
        self.asked.append(asked.due_at)
        if self.meanwhile is not None:
            await self.meanwhile()
        if not self.answers:
            return await super().ask(scope, asked)
        answer = self.answers.pop(0)
        if isinstance(answer, OpsloomError):
            raise answer
        return answer


class Stage(World):
    """The world with one executor, its moments and its runs."""

    async def set_up(self, **changes: Any) -> "Stage":
        self.work = Scripted(self.core)
        self.core.parts[Works] = Works({ExecutorKind.QUERY: self.work})
        source = LOADED["source"] | changes
        self.rule_id = await self.publish(**LOADED | {"source": source})
        self.first = await self.due()
        return self

    async def row(self) -> Executor:
        async with self.core.db.transaction(self.scope) as session:
            return await service.get(session, self.rule_id)

    async def due(self) -> datetime:
        found = (await self.row()).next_at
        assert found is not None
        return found

    async def fire(self, late_s: float = 0.2, asked_by: str | None = None) -> None:
        """The job of the moment that is waited for comes so late."""
        due_at = await self.due()
        self.clock.advance((due_at - self.clock.now()).total_seconds() + late_s)
        await self.again(due_at, asked_by)

    async def again(self, due_at: datetime, asked_by: str | None = None) -> None:
        await scheduler.fire(self.core, self.tenant.id, self.rule_id, due_at, asked_by)

    async def runs(self) -> list[ExecutorRun]:
        async with self.core.db.transaction(self.scope) as session:
            return (await service.history(session, self.rule_id, limit=50, before=None))[::-1]

    async def facts(self) -> int:
        async with self.core.db.transaction(self.scope) as session:
            count = text("select count(*) from events where source = :source")
            return int((await session.execute(count, {"source": f"rule:{self.rule_id}"})).scalar_one())

    async def jobs(self) -> int:
        async with self.core.db.transaction(self.scope) as session:
            count = text(
                "select count(*) from procrastinate_jobs where task_name = :task and args->>'executor_id' = :id"
            )
            return int((await session.execute(count, {"task": scheduler.FIRE, "id": str(self.rule_id)})).scalar_one())

    async def lease_to(self, node: str, seconds: float) -> None:
        async with self.core.db.transaction(self.scope) as session:
            update = (
                "update executors set leased_by = :node, leased_until = clock_timestamp() + make_interval(secs => :s)"
            )
            await session.execute(text(update), {"node": node, "s": seconds})


@pytest_asyncio.fixture
async def stage(core: Core, tenant: TestTenant) -> Stage:
    stage = Stage(core, tenant)
    await stage.build()
    return await stage.set_up()


async def test_rows_of_a_query_are_judged_and_alert(stage: Stage) -> None:
    engine = await stage.engine()
    await stage.fire()
    assert await stage.facts() == 3
    await stage.drain(engine)
    alerts = await stage.alerts()
    assert {one.labels["name"]: one.state for one in alerts} == {"web-1": "firing", "web-2": "firing"}
    (run,) = await stage.runs()
    assert (run.outcome, run.rows, run.due_at, run.attempt) == ("succeeded", 3, stage.first, 1)
    stage.work.answers = [[{"name": "web-1", "load": 10}]]
    await stage.fire()
    await stage.drain(engine)
    assert {one.labels["name"]: one.state for one in await stage.alerts()}["web-1"] == "resolved"


async def test_a_moment_runs_once_however_often_its_job_comes(stage: Stage) -> None:
    await stage.fire()
    await stage.again(stage.first)
    await stage.again(stage.first)
    assert stage.work.asked == [stage.first]
    assert await stage.due() == stage.first + STEP
    assert await stage.jobs() == 2


async def test_a_clock_that_leaps_back_brings_no_moment_again(stage: Stage) -> None:
    await stage.fire()
    stage.clock.advance(-300)
    await stage.again(stage.first)
    await stage.fire()
    assert stage.work.asked == [stage.first, stage.first + STEP]


async def test_what_fails_is_said_and_the_next_moment_comes(stage: Stage) -> None:
    stage.work.answers = [AnswerUnusable("Nobody is at home."), [{"name": "x", "load": 1}]]
    await stage.fire()
    await stage.fire()
    assert [(run.outcome, run.detail) for run in await stage.runs()] == [
        ("failed", "answer_unusable: Nobody is at home."),
        ("succeeded", ""),
    ]


async def test_a_node_that_died_is_taken_over_and_stores_nothing_twice(stage: Stage) -> None:
    class Died(BaseException):
        pass

    async def die() -> None:
        raise Died

    stage.work.meanwhile = die
    with suppress(Died):
        await stage.fire()
    stage.work.meanwhile = None
    await stage.lease_to("another", 30)
    await stage.again(stage.first)
    assert len(stage.work.asked) == 1  # the lease of the dead is still good: the job comes back later
    await stage.lease_to("another", -1)
    await stage.again(stage.first)
    (run,) = await stage.runs()
    assert (run.outcome, run.attempt, run.node) == ("succeeded", 2, scheduler.NODE)
    assert run.detail.startswith("taken over from")
    assert await stage.facts() == 3


async def test_an_answer_that_comes_after_the_take_over_is_thrown_away(stage: Stage) -> None:
    async def taken_over() -> None:
        async with stage.core.db.transaction(stage.scope) as session:
            of = {"tenant_id": stage.tenant.id, "executor_id": stage.rule_id, "due_at": stage.first, "asked_by": None}
            await repository.begin(session, of | {"node": "another", "started_at": stage.clock.now(), "detail": ""})

    stage.work.meanwhile = taken_over
    await stage.fire()
    (run,) = await stage.runs()
    assert (run.outcome, run.node) == ("running", "another")
    assert await stage.facts() == 0


async def test_moments_that_passed_are_made_up_for_as_the_rule_says(core: Core, tenant: TestTenant) -> None:
    stage = Stage(core, tenant)
    await stage.build()
    await stage.set_up(missed="each")
    stage.work.answers = [[], [], [], []]
    await stage.fire(late_s=3 * STEP.total_seconds() + 5)
    for _ in range(3):
        await stage.again(await stage.due())
    assert stage.work.asked == [stage.first + n * STEP for n in range(4)]
    assert await stage.due() > stage.clock.now()


async def test_moments_are_left_out_and_noted(core: Core, tenant: TestTenant) -> None:
    stage = Stage(core, tenant)
    await stage.build()
    await stage.set_up(missed="skip")
    await stage.fire(late_s=3 * STEP.total_seconds() + 100)
    (run,) = await stage.runs()
    assert (run.outcome, run.detail, run.due_at) == (
        "missed",
        "3 moments before it were left out",
        stage.first + 3 * STEP,
    )
    assert stage.work.asked == []
    assert await stage.due() == stage.first + 4 * STEP


async def test_people_look_pause_go_on_and_run_one_now(
    stage: Stage, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    url, headers = "/api/v1/executors", tenant.headers
    (shown,) = (await client.get(url, headers=headers)).json()["items"]
    assert (shown["id"], shown["kind"], shown["last_run"]) == (str(stage.rule_id), "query", None)
    paused = (await client.post(f"{url}/{shown['id']}/pause", headers=headers)).json()
    assert paused["next_at"] is None
    assert paused["paused_by"]
    await stage.again(stage.first)
    assert stage.work.asked == []
    assert (await client.post(f"{url}/{shown['id']}/run", headers=headers)).status_code == 202
    await stage.again(stage.clock.now(), asked_by="somebody")
    runs = (await client.get(f"{url}/{shown['id']}/runs", headers=headers)).json()["items"]
    assert [(run["outcome"], run["asked_by"]) for run in runs] == [("succeeded", "somebody")]
    back = (await client.post(f"{url}/{shown['id']}/resume", headers=headers)).json()
    assert back["next_at"] is not None
    await stage.lease_to("another", 30)
    busy = await client.post(f"{url}/{shown['id']}/run", headers=headers)
    assert (busy.status_code, busy.json()["code"]) == (409, "executor_busy")
    gone = await client.post(f"{url}/{UUID(int=7)}/pause", headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "executor_not_found")


async def test_times_that_cannot_be_are_refused_and_a_withdrawn_rule_has_no_executor(
    stage: Stage, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    body = LOADED | {"name": "Never", "source": LOADED["source"] | {"cron": "0 0 30 2 *"}}
    rule = (await client.post("/api/v1/rules", json=body, headers=tenant.headers)).json()
    refused = await client.post(f"/api/v1/rules/{rule['id']}/publish", json={}, headers=tenant.headers)
    assert (refused.json()["code"], refused.json()["errors"][0]["pointer"]) == ("timetable_invalid", "/source/cron")
    await stage.withdraw(stage.rule_id)
    assert (await client.get("/api/v1/executors", headers=tenant.headers)).json()["items"] == []
