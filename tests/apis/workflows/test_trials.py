"""Trials of drafts: with pinned outputs, from a node on, and under a clock that stands still."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from apis.conftest import Builder, problem_in
from apis.workflows.test_engine import create, edge, script, value
from opsloom.apis.scripts.sandbox import Sandbox
from opsloom.apis.workflow import WorkflowLogic
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core

NOW = "2026-03-01T12:00:00Z"
CHANCE = (
    "import random\nfrom datetime import datetime\n"
    "def main(params, input, ctx):\n    return [random.random(), ctx['now'], datetime.now().isoformat()]\n"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _close(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Sandbox).close()
    await core.part(Aside).close()


async def trial(builder: Builder, api_id: str, **asked: Any) -> Any:
    return await builder.client.post(f"/api/v1/apis/{api_id}/run", json=asked, headers=builder.tenant.headers)


def ran(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [line["message"] for line in answer.json()["log"] if line["fields"]["state"] == "succeeded"]


CHAIN = ([value("a", "1"), value("b", "nodes.a + 1"), value("c", "nodes.b * 10")], edge("a", "b"), edge("b", "c"))


async def test_a_pinned_node_gives_what_it_is_told(builder: Builder) -> None:
    api_id = await create(builder, "chain", CHAIN[0], *CHAIN[1:], output="nodes")
    answer = await trial(builder, api_id, known={"a": {"output": 41}})
    assert (ran(answer), answer.json()["items"]) == (["b", "c"], [{"a": 41, "b": 42, "c": 420}])


async def test_a_trial_begins_at_a_node_with_what_is_known_before_it(builder: Builder) -> None:
    api_id = await create(builder, "chain", CHAIN[0], *CHAIN[1:], output="nodes")
    answer = await trial(
        builder, api_id, from_node="c", known={"a": {"output": 1}, "b": {"output": 7}, "c": {"output": 0}}
    )
    assert (ran(answer), answer.json()["items"]) == (["c"], [{"a": 1, "b": 7, "c": 70}])
    answer = await trial(builder, api_id, from_node="c")
    assert ran(answer) == ["a", "b", "c"]


def graph(*edges: dict[str, str]) -> Graph:
    nodes = [
        {"type": "branch", "id": "which", "cases": [{"port": "left", "when": "true"}]},
        *(value(each, "1") for each in ("left", "right", "after", "beside")),
    ]
    return Graph(WorkflowLogic.model_validate({"nodes": nodes, "edges": list(edges)}))


def test_what_neither_leads_to_the_node_nor_follows_it_is_passed_over() -> None:
    drawn = graph(
        edge("which", "left", "left"), edge("which", "right", "else"), edge("left", "after"), edge("right", "after")
    )
    known = {"which": Outcome(NodeState.SUCCEEDED, "left", "left"), "after": Outcome(NodeState.SUCCEEDED, 5)}
    begun, done = drawn.begun_at("right", known)
    assert {node: outcome.state for node, outcome in done.items()} == {
        "which": "succeeded", "left": "skipped", "beside": "skipped",
    }  # fmt: skip
    assert begun.next(done).ready == ("right",)  # though the branch went the other way
    assert drawn.begun_at(None, known)[1] == known
    assert drawn.begun_at("right", {})[0].next({"left": Outcome(NodeState.SKIPPED)}).ready == ("which", "beside")


@pytest.mark.parametrize("asked", [{"now": NOW, "seed": 7}, {"now": NOW, "seed": 8}])
async def test_the_same_trial_gives_the_same(builder: Builder, asked: dict[str, Any]) -> None:
    nodes = [
        script("s", CHANCE),
        value("e", "{'now': $now(), 'ms': $millis(), 'chance': $random(), 'ctx': ctx.now, 's': nodes.s}"),
    ]
    api_id = await create(builder, "chance", nodes, edge("s", "e"))
    answers = [(await trial(builder, api_id, **asked)).json()["items"] for _ in range(2)]
    assert answers[0] == answers[1]
    (first,) = answers[0]
    assert (first["now"], first["ms"]) == ("2026-03-01T12:00:00.000Z", 1772366400000)
    assert first["ctx"] == first["s"][1] == "2026-03-01T12:00:00+00:00"
    assert first["s"][2].startswith("2026-03-01T12:00:00")
    (other,) = (await trial(builder, api_id, now=NOW, seed=99)).json()["items"]
    assert other["chance"] != first["chance"]
    assert other["s"][0] != first["s"][0]
    (world,) = (await trial(builder, api_id)).json()["items"]
    assert world["now"] != first["now"]
    assert world["chance"] not in (first["chance"], other["chance"])


async def test_under_a_clock_that_stands_still_nothing_is_waited_for(builder: Builder) -> None:
    nodes = [{"type": "wait", "id": "w", "seconds": "3600"}]
    api_id = await create(builder, "waits", nodes)
    assert (await trial(builder, api_id, now=NOW)).json()["items"] == ["2026-03-01T13:00:00+00:00"]
    durable = await create(builder, "durable", nodes, durable=True)
    problem_in(await trial(builder, durable, now=NOW), 422, "api_logic_refused")


async def test_pins_are_the_drafts_and_in_no_version(builder: Builder) -> None:
    api_id = await create(builder, "pins", CHAIN[0], *CHAIN[1:])
    path, headers = f"/api/v1/apis/{api_id}/pins", builder.tenant.headers
    for output in (1, {"x": [1, None]}):
        put = await builder.client.put(f"{path}/a", json={"output": output}, headers=headers)
        assert put.json()["output"] == output
    listed = (await builder.client.get(path, headers=headers)).json()["items"]
    assert [(each["node_id"], each["output"], each["port"]) for each in listed] == [("a", {"x": [1, None]}, "")]
    await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=headers)
    called = await builder.client.post("/runtime/pins", json={}, headers=headers)
    assert called.json() == 20
    assert (await builder.client.delete(f"{path}/a", headers=headers)).status_code == 204
    assert (await builder.client.get(path, headers=headers)).json()["items"] == []
