"""Workflows that run in the process: drawn, published, called; branches, maps, failures, sub-workflows, limits."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from apis.conftest import CPU, PARAMETERS, Builder, fill, problem_in
from opsloom.apis.scripts.sandbox import Sandbox
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _close(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Sandbox).close()
    await core.part(Aside).close()


def edge(source: str, target: str, port: str = "") -> dict[str, str]:
    return {"source": source, "target": target, "port": port}


def value(node_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "value", "id": node_id, "value": text, **more}


def script(node_id: str, code: str, **more: Any) -> dict[str, Any]:
    return {"type": "logic", "id": node_id, "logic": {"type": "script", "code": code}, **more}


async def create(builder: Builder, path: str, nodes: list[Any], *edges: dict[str, str], **more: Any) -> str:
    logic = {"type": "workflow", "nodes": nodes, "edges": list(edges)}
    logic |= {name: more.pop(name) for name in ("output", "durable") if name in more}
    body = {"name": path, "path": path, "method": "POST", "logic": logic, **more}
    made = await builder.client.post("/api/v1/apis", json=body, headers=builder.tenant.headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def publish(builder: Builder, path: str, nodes: list[Any], *edges: dict[str, str], **more: Any) -> str:
    api_id = await create(builder, path, nodes, *edges, **more)
    answer = await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=builder.tenant.headers)
    assert answer.status_code == 200, answer.text
    return api_id


async def call(builder: Builder, path: str, **parameters: Any) -> Any:
    return await builder.client.post(f"/runtime/{path}", json=parameters, headers=builder.tenant.headers)


async def test_values_flow_along_the_edges(builder: Builder, core: Core) -> None:
    await fill(core, builder.tenant, "web-1", [10.0, 30.0, 80.0])
    nodes = [
        {
            "type": "logic",
            "id": "rows",
            "logic": {"type": "sql", "sql": CPU},
            "arguments": {"host": "params.host", "n": "params.n"},
        },
        script("mean", "def main(params, input, ctx):\n    return sum(input) / len(input)\n", input="nodes.rows.value"),
        value("said", "{'host': params.host, 'mean': nodes.mean, 'by': ctx.caller.name}"),
    ]
    await publish(builder, "mean", nodes, edge("rows", "mean"), edge("mean", "said"), parameters=PARAMETERS)
    assert (await call(builder, "mean", host="web-1")).json() == {"host": "web-1", "mean": 40.0, "by": "owner key"}


@pytest.mark.parametrize(("size", "side"), [(5, "small"), (50, "large"), (500, "else")])
async def test_a_branch_takes_one_way_and_comes_together_again(builder: Builder, size: int, side: str) -> None:
    nodes = [
        {
            "type": "branch",
            "id": "which",
            "cases": [{"port": "small", "when": "params.n < 10"}, {"port": "large", "when": "params.n < 100"}],
        },
        value("small", "'small'"),
        value("large", "'large'"),
        value("other", "'else'"),
        value("end", "$merge([{'which': nodes.which}, {'ran': [$keys(nodes)]}])"),
    ]
    edges = [
        edge("which", "small", "small"), edge("which", "large", "large"), edge("which", "other", "else"),
        edge("small", "end"), edge("large", "end"), edge("other", "end"),
    ]  # fmt: skip
    await publish(builder, "which", nodes, *edges, parameters=[{"name": "n", "type": "integer"}])
    ran = "other" if side == "else" else side
    assert (await call(builder, "which", n=size)).json() == {"which": side, "ran": ["which", ran]}


async def test_a_map_runs_for_each_item_in_order(builder: Builder) -> None:
    do = script("square", "def main(params, input, ctx):\n    return [params['index'], input * input]\n",
                input="item", arguments={"index": "index"})  # fmt: skip
    nodes = [{"type": "map", "id": "all", "over": "params.items", "do": do, "concurrency": 3, "max_items": 10}]
    await publish(builder, "squares", nodes, parameters=[{"name": "items", "type": "json"}])
    assert (await call(builder, "squares", items=[3, 4, 5])).json() == [[0, 9], [1, 16], [2, 25]]
    assert (await call(builder, "squares", items=[])).json() == []
    problem = problem_in(await call(builder, "squares", items=list(range(11))), 502, "workflow_failed")
    assert "11 items" in problem["detail"]


async def test_a_failure_ends_it_unless_it_is_caught(builder: Builder) -> None:
    broken = "def main(params, input, ctx):\n    return 1 / 0\n"
    await publish(builder, "fails", [script("bad", broken), value("after", "1")], edge("bad", "after"))
    problem = problem_in(await call(builder, "fails"), 502, "workflow_failed")
    assert "bad" in problem["detail"]
    assert "ZeroDivisionError" in problem["detail"]
    nodes = [script("bad", broken), value("rescue", "nodes.bad.error.code"), value("after", "1")]
    await publish(
        builder, "rescued", nodes, edge("bad", "after"), edge("bad", "rescue", "error"), output="nodes.rescue"
    )
    assert (await call(builder, "rescued")).json() == "api_script_failed"
    nodes = [script("bad", broken, on_error="continue"), value("after", "$exists(nodes.bad.error)")]
    await publish(builder, "passed", nodes, edge("bad", "after"))
    assert (await call(builder, "passed")).json() is True


async def test_a_node_is_tried_again(builder: Builder) -> None:
    code = (
        "import cache\ndef main(params, input, ctx):\n    n = (cache.get('n') or 0) + 1\n    cache.set('n', n)\n"
        "    if n < 3:\n        raise ValueError('not yet')\n    return n\n"
    )
    node = script("try", code, retry={"tries": 3, "wait_s": 0})
    await publish(builder, "tries", [node])
    assert (await call(builder, "tries")).json() == 3


async def test_another_workflow_is_a_node_and_a_circle_of_them_ends(builder: Builder) -> None:
    await publish(builder, "inner", [value("twice", "params.n * 2")], parameters=[{"name": "n", "type": "integer"}])
    node = {"type": "api", "id": "sub", "api": "inner", "arguments": {"n": "params.n + 1"}}
    await publish(builder, "outer", [node], parameters=[{"name": "n", "type": "integer"}])
    assert (await call(builder, "outer", n=4)).json() == 10


async def test_a_short_wait_is_waited_and_a_long_one_refused(builder: Builder) -> None:
    await publish(builder, "wait", [{"type": "wait", "id": "w", "seconds": "params.s"}, value("v", "'done'")],
                  edge("w", "v"), parameters=[{"name": "s", "type": "number"}])  # fmt: skip
    assert (await call(builder, "wait", s=0.05)).json() == "done"
    problem = problem_in(await call(builder, "wait", s=3600), 502, "workflow_failed")
    assert "durable" in problem["hint"]


async def test_a_node_tells_a_channel(builder: Builder) -> None:
    node = {"type": "notify", "id": "say", "title": "'Disk of ' & params.host", "text": "'It is full.'"}
    await publish(builder, "tell", [node], parameters=[{"name": "host"}])
    answer = await call(builder, "tell", host="web-1")
    assert answer.status_code == 200, answer.text
    listed = await builder.client.get("/api/v1/notifications", headers=builder.tenant.headers)
    shown = listed.json()["items"][0]
    assert (shown["title"], shown["message"]["en"], shown["event_type"]) == ("Disk of web-1", "It is full.", "message")


async def test_the_whole_takes_no_longer_than_the_api_may(builder: Builder) -> None:
    loop = script("loop", "def main(params, input, ctx):\n    while True:\n        pass\n")
    await publish(builder, "slow", [loop], limits={"timeout_ms": 300})
    problem_in(await call(builder, "slow"), 504, "api_timeout")


async def test_publishing_names_every_flaw(builder: Builder) -> None:
    nodes = [
        value("a", "1 +"),
        {"type": "api", "id": "b", "api": "nowhere"},
        {"type": "notify", "id": "c", "channel": "nobody", "title": "'x'", "text": "'y'"},
        {"type": "logic", "id": "d", "logic": {"type": "sql", "sql": "delete from data.metrics"}},
        script("e", "def main(params, input, ctx):\n    x = 1\n    return x.foo\n"),
        {"type": "logic", "id": "f", "logic": {"type": "http", "connection": "none", "path": "/"}},
    ]
    api_id = await create(builder, "flawed", nodes, output="$$$")
    answer = await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=builder.tenant.headers)
    places = {each["pointer"].partition("#")[0] for each in problem_in(answer, 422, "api_logic_refused")["errors"]}
    assert places >= {
        "/logic/nodes/0/value", "/logic/nodes/1/api", "/logic/nodes/2/channel", "/logic/nodes/3/logic/sql",
        "/logic/nodes/4/logic/code", "/logic/nodes/5/logic/connection",
    }  # fmt: skip


async def test_a_trial_run_tells_what_each_node_did(builder: Builder) -> None:
    nodes = [value("a", "params.n"), value("b", "nodes.a + 1"), value("c", "1")]
    api_id = await create(
        builder, "trial", nodes, edge("a", "b"), edge("a", "c", "error"), parameters=[{"name": "n", "type": "integer"}]
    )
    answer = await builder.client.post(
        f"/api/v1/apis/{api_id}/run", json={"parameters": {"n": 2}}, headers=builder.tenant.headers
    )
    log = {each["message"]: each["fields"] for each in answer.json()["log"]}
    assert {node: fields["state"] for node, fields in log.items()} == {
        "a": "succeeded",
        "b": "succeeded",
        "c": "skipped",
    }
    assert log["b"]["output"] == 3
