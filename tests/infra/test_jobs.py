"""Jobs exist exactly if their transaction committed, run once, and are tried again when they fail."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.infra import jobs
from opsloom.infra.components import Supervisor
from opsloom.infra.core import Core
from opsloom.infra.jobs import Task, Worker


@asynccontextmanager
async def _working(core: Core, tasks: Sequence[Task]) -> AsyncIterator[None]:
    supervisor = Supervisor([Worker(core, tasks, [])])
    supervisor.start()
    try:
        yield
    finally:
        await supervisor.stop()


async def test_a_job_runs_with_its_arguments(core: Core, tenant: TestTenant) -> None:
    seen: list[str] = []

    async def note(_core: Core, tenant_id: str, word: str) -> None:
        seen.append(f"{tenant_id} {word}")

    task = Task("test.note", note)
    async with core.db.transaction(tenant.scope) as session:
        await jobs.defer(session, task, {"tenant_id": tenant.id, "word": "하나"})
    async with _working(core, [task]):
        await until(lambda: bool(seen), limit_s=30)
    assert seen == [f"{tenant.id} 하나"]


async def test_a_job_of_a_transaction_that_failed_does_not_exist(core: Core, tenant: TestTenant) -> None:
    async def never(_core: Core) -> None:
        raise AssertionError("must not run")

    async def fail_half_way() -> None:
        async with core.db.transaction(tenant.scope) as session:
            await jobs.defer(session, Task("test.never", never), {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with core.db.transaction(None) as session:
        query = text("select count(*) from procrastinate_jobs where task_name = 'test.never'")
        assert (await session.execute(query)).scalar_one() == 0


async def test_a_failing_job_is_tried_again(core: Core, tenant: TestTenant) -> None:
    tries: list[int] = []

    async def falter(_core: Core) -> None:
        tries.append(1)
        if len(tries) < 2:
            raise ConnectionResetError("the first time")

    task = Task("test.falter", falter, retries=3)
    async with core.db.transaction(tenant.scope) as session:
        await jobs.defer(session, task, {})
    async with _working(core, [task]):
        await until(lambda: len(tries) == 2, limit_s=30)


async def test_jobs_with_one_lock_do_not_overlap(core: Core, tenant: TestTenant) -> None:
    running: list[int] = []
    most: list[int] = []
    done: list[int] = []

    async def alone(_core: Core, number: int) -> None:
        running.append(number)
        most.append(len(running))
        await asyncio.sleep(0)
        running.remove(number)
        done.append(number)

    task = Task("test.alone", alone)
    async with core.db.transaction(tenant.scope) as session:
        for number in range(8):
            await jobs.defer(session, task, {"number": number}, lock=f"one-{tenant.id}")
    async with _working(core, [task]):
        await until(lambda: len(done) == 8, limit_s=30)
    assert max(most) == 1
    assert done == list(range(8))


async def test_a_job_whose_worker_died_is_taken_over(core: Core, tenant: TestTenant) -> None:
    seen: list[int] = []

    async def note(_core: Core) -> None:
        seen.append(1)

    task = Task("test.orphan", note)
    async with core.db.transaction(tenant.scope) as session:
        job = await jobs.defer(session, task, {})
        orphaned = text(
            "with dead as (insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour')"
            " returning id) update procrastinate_jobs set status = 'doing', worker_id = (select id from dead)"
            " where id = :job"
        )
        await session.execute(orphaned, {"job": job})
    async with _working(core, [task]):
        await until(lambda: bool(seen), limit_s=30)
