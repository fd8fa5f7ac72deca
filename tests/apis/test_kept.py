"""Answers that are given again: fresh, stale while a new one is made, and told apart by what the cache varies by."""

import asyncio
from uuid import uuid4

import pytest

from apis.conftest import Builder, problem_in
from fixtures.waiting import until
from opsloom.apis.engines.protocol import EngineResult
from opsloom.apis.kept import KeptAnswers, distinguishing
from opsloom.apis.params import Parameter, Place
from opsloom.apis.schemas import CachePolicy
from opsloom.identity.permissions import Role
from opsloom.kit.errors import ConnectionLost


class World:
    """A clock, and an upstream that counts."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self.let_go = asyncio.Event()
        self.let_go.set()
        self.is_down = False
        self.answers = KeptAnswers(lambda: self.now)

    async def compute(self) -> EngineResult:
        self.asked += 1
        number = self.asked
        await self.let_go.wait()
        if self.is_down:
            raise ConnectionLost("down")
        return EngineResult(b"%d" % number, 1, truncated=False, queue_ms=0, database_ms=0)

    async def ask(self, policy: CachePolicy) -> tuple[bytes, str]:
        answer, became = await self.answers.of("key", policy, self.compute)
        return answer.body, became


async def test_an_old_answer_is_given_at_once_while_one_fresh_one_is_made() -> None:
    world, policy = World(), CachePolicy(ttl_s=10, stale_s=20)
    assert await world.ask(policy) == (b"1", "MISS")
    world.now = 9.9
    assert await world.ask(policy) == (b"1", "HIT")
    world.now = 10
    world.let_go.clear()
    assert [await world.ask(policy) for _ in range(5)] == [(b"1", "STALE")] * 5
    await until(lambda: world.asked == 2)
    world.let_go.set()

    async def is_fresh() -> bool:
        return await world.ask(policy) == (b"2", "HIT")

    await until(is_fresh)
    assert world.asked == 2, "however many asked, one was made"


async def test_a_failed_refresh_leaves_the_old_answer_until_its_time_is_over() -> None:
    world, policy = World(), CachePolicy(ttl_s=10, stale_s=20)
    await world.ask(policy)
    world.now, world.is_down = 15, True
    for count in (2, 3):
        assert await world.ask(policy) == (b"1", "STALE")
        await until(lambda count=count: world.asked == count and not world.answers._refreshing)  # type: ignore[misc]
    world.now = 30
    with pytest.raises(ConnectionLost):
        await world.ask(policy)


async def test_without_a_second_time_an_answer_ends_with_the_first() -> None:
    world, policy = World(), CachePolicy(ttl_s=10)
    await world.ask(policy)
    world.now = 10
    assert await world.ask(policy) == (b"2", "MISS")


def test_what_distinguishes_answers() -> None:
    parameters = [
        Parameter(name="host"),
        Parameter(name="color"),
        Parameter(name="who", where=Place.CALLER),
        Parameter(name="at", where=Place.NOW),
    ]
    assert distinguishing(parameters, CachePolicy()) == ("host", "color", "who")
    assert distinguishing(parameters, CachePolicy(vary=["host"])) == ("host", "who"), "who calls always does"
    assert distinguishing(parameters, CachePolicy(vary=["host", "at"])) == ("host", "who", "at")


async def test_an_api_varies_by_what_it_names_and_by_who_calls(builder: Builder) -> None:
    sql = "select :a::int as a, :note::text as note, :who::text as who, random() as r"
    parameters = [
        {"name": "a", "type": "integer", "required": True},
        {"name": "note"},
        {"name": "who", "where": "caller"},
    ]
    await builder.publish("varied", sql, parameters=parameters, cache={"ttl_s": 60, "stale_s": 60, "vary": ["a"]})
    calls = [await builder.call("varied", a=a, note=note) for a, note in ((1, "x"), (1, "y"), (2, "y"))]
    assert [each.headers["x-cache-status"] for each in calls] == ["MISS", "HIT", "MISS"]
    other = await builder.client.get("/runtime/varied?a=1", headers=builder.tenant.as_role(Role.OPERATOR))
    assert other.headers["x-cache-status"] == "MISS"
    assert other.json()["items"][0]["who"] != calls[0].json()["items"][0]["who"]


async def test_a_cache_varies_only_by_parameters(builder: Builder) -> None:
    body = {
        "name": str(uuid4()),
        "path": "v",
        "logic": {"type": "sql", "sql": "select 1 as a"},
        "cache": {"vary": ["b"]},
    }
    refused = await builder.client.post("/api/v1/apis", json=body, headers=builder.tenant.headers)
    assert "no parameter" in str(problem_in(refused, 422, refused.json()["code"]))
