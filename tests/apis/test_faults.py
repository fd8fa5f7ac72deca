"""What breaks or hangs: one API must not take the others with it, and every answer is clear."""

import asyncio
from typing import Any

import asyncpg

from apis.conftest import Builder, problem_in
from opsloom.apis.engines.lanes import Lanes
from opsloom.infra.core import Core


async def test_a_breaker_pauses_an_api_that_keeps_running_out_of_time(builder: Builder) -> None:
    sql = "select count(*) as n from generate_series(1, 1000000000) g"
    api_id = await builder.publish("slow", sql, limits={"timeout_ms": 20})
    statuses = [(await builder.call("slow")).status_code for _ in range(6)]
    assert statuses == [504] * 5 + [503]
    problem_in(await builder.call("slow"), 503, "circuit_open")
    assert [row["status"] for row in await builder.runs(api_id)] == [503, 503, *[504] * 5]


async def test_hanging_apis_do_not_hold_up_the_others(builder: Builder) -> None:
    """Ten APIs hang, each with all the calls it may have; a fast one goes on answering."""
    hang = "select count(*) as n from generate_series(1, 1000000000) g"
    for number in range(10):
        await builder.publish(f"hang/{number}", hang, limits={"timeout_ms": 4000})
    await builder.publish("fast", "select 1 as one")
    hanging = [asyncio.ensure_future(builder.call(f"hang/{number % 10}")) for number in range(60)]
    lanes = builder.core.part(Lanes)
    while lanes.in_use["slow"] < 6:
        await asyncio.sleep(0)
    answered = [await builder.call("fast") for _ in range(20)]
    still_hanging = [task for task in hanging if not task.done()]
    assert [answer.status_code for answer in answered] == [200] * 20
    assert still_hanging, "the fast calls were answered while the others hung"
    ended = {answer.status_code for answer in await asyncio.gather(*hanging)}
    assert ended <= {503, 504}


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
