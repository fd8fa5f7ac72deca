"""What breaks or hangs: one API must not take the others with it, and every answer is clear."""

import asyncio
from typing import Any

import asyncpg

from apis.conftest import Builder, problem_in
from fixtures.waiting import until
from opsloom.apis.engines.lanes import Lanes
from opsloom.infra.core import Core


async def test_a_breaker_pauses_an_api_that_keeps_running_out_of_time(builder: Builder) -> None:
    sql = "select count(*) as n from generate_series(1, 1000000000) g"
    api_id = await builder.publish("slow", sql, limits={"timeout_ms": 20})
    statuses = [(await builder.call("slow")).status_code for _ in range(6)]
    assert statuses == [504] * 5 + [503]
    problem_in(await builder.call("slow"), 503, "circuit_open")
    assert [row["status"] for row in await builder.runs(api_id)] == [503, 503, *[504] * 5]


async def test_hanging_apis_do_not_hold_up_the_others(builder: Builder, core: Core, postgres: Any) -> None:
    """More APIs hang on a locked table than there are connections, each with calls waiting; a quick one goes on answering."""
    for number in range(20):
        await builder.publish(f"hang/{number}", "select count(*) as n from data.metrics", limits={"timeout_ms": 6000})
    await builder.publish("fast", "select 1 as one")
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=core.db.dsn.database)
    admin = await asyncpg.connect(**superuser.asyncpg())
    locked = admin.transaction()
    await locked.start()
    await admin.execute("lock table metric_series in access exclusive mode")
    hanging = [asyncio.ensure_future(builder.call(f"hang/{number % 20}")) for number in range(60)]
    lanes = builder.core.part(Lanes)
    await until(lambda: lanes.in_use["slow"] >= 6)
    answered = [await builder.call("fast") for _ in range(30)]
    assert [answer.status_code for answer in answered] == [200] * 30
    assert any(not task.done() for task in hanging), "the fast calls were answered while the others hung"
    await locked.rollback()
    await admin.close()
    ended = await asyncio.gather(*hanging)
    assert {answer.status_code for answer in ended} <= {200, 502, 503, 504}, [answer.text for answer in ended]


async def test_a_killed_connection_is_a_clear_answer_and_the_next_call_works(
    builder: Builder, core: Core, owner_dsn: Any, postgres: Any
) -> None:
    await builder.publish("sleepy", "select count(*) as n from generate_series(1, 1000000000) g")
    await builder.publish("fine", "select 1 as one")
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=core.db.dsn.database)
    admin = await asyncpg.connect(**superuser.asyncpg())
    running = asyncio.ensure_future(builder.call("sleepy"))
    killed = 0
    while not killed:
        killed = await admin.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where application_name = 'opsloom api' and state = 'active'"
        )
    await admin.close()
    problem_in(await running, 503, "connection_lost")
    assert (await builder.call("fine")).status_code == 200
