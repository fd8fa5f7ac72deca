"""Calls in the background: of every type of logic, one or a list, with their answer, their failures, and what a kill leaves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from apis.conftest import Builder, problem_in
from apis.workflows.test_durable import act, advance, show
from apis.workflows.test_engine import publish, script, value
from fixtures.waiting import until
from opsloom.apis.run_log import RunLog
from opsloom.apis.scripts.sandbox import Sandbox
from opsloom.apis.workflows import store
from opsloom.apis.workflows.runner import Runner
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core

DIVIDE = "select 100 / :n as part"
NUMBER = [{"name": "n", "type": "integer", "required": True}]
COUNT = (
    "import cache\ndef main(params, input, ctx):\n    n = (cache.get('n') or 0) + 1\n    cache.set('n', n)\n"
    "    return {'n': params['n'], 'call': n}\n"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _close(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Sandbox).close()
    await core.part(Aside).close()


async def later(builder: Builder, path: str, key: str | None = None, **parameters: Any) -> Any:
    headers = builder.tenant.headers | {"Prefer": "respond-async"} | ({"Idempotency-Key": key} if key else {})
    return await builder.client.post(f"/runtime/{path}", json=parameters, headers=headers)


async def result(builder: Builder, run_id: UUID) -> Any:
    return await builder.client.get(f"/api/v1/workflow-runs/{run_id}/result", headers=builder.tenant.headers)


async def batch(builder: Builder, api_id: str, items: list[Any], key: str | None = None, **more: Any) -> Any:
    headers = builder.tenant.headers | ({"Idempotency-Key": key} if key else {})
    return await builder.client.post(f"/api/v1/apis/{api_id}/batches", json={"items": items} | more, headers=headers)


async def scripted(builder: Builder, path: str, code: str) -> str:
    body = {
        "name": path,
        "path": path,
        "method": "POST",
        "parameters": NUMBER,
        "logic": {"type": "script", "code": code},
    }
    made = await builder.client.post("/api/v1/apis", json=body, headers=builder.tenant.headers)
    api_id = made.json()["id"]
    done = await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=builder.tenant.headers)
    assert done.status_code == 200, done.text
    return str(api_id)


async def test_a_call_is_answered_at_once_and_its_result_later(builder: Builder) -> None:
    api_id = await builder.publish("part", DIVIDE, parameters=NUMBER)
    answer = await later(builder, "part", n=4)
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    assert answer.headers["location"] == answer.json()["href"]
    run_id = UUID(answer.json()["run_id"])
    early = await result(builder, run_id)
    assert (early.status_code, early.json()["state"], early.headers["retry-after"]) == (202, "queued", "1")
    run = await advance(builder, run_id)
    assert (run["kind"], run["state"], run["params"], run["version"]) == ("call", "succeeded", {"n": 4}, 1)
    done = await result(builder, run_id)
    assert (done.status_code, done.json()) == (200, (await builder.call("part", n=4)).json())
    logged = await builder.runs(api_id)
    assert [each["method"] for each in logged] == ["GET", "CALL"]


@pytest.mark.parametrize(
    ("code", "status"), [("return 7", 200), ("import answer\n    return answer.respond({'no': 1}, status=404)", 404)]
)
async def test_a_script_keeps_its_status(builder: Builder, code: str, status: int) -> None:
    lines = code.split("\n    ")
    source = "\n".join([*lines[:-1], f"def main(params, input, ctx):\n    {lines[-1]}\n"])
    await scripted(builder, "own", source)
    run_id = UUID((await later(builder, "own", n=1)).json()["run_id"])
    await advance(builder, run_id)
    assert (await result(builder, run_id)).status_code == status


async def test_a_plain_workflow_runs_in_the_background_too(builder: Builder) -> None:
    await publish(builder, "plain", [value("a", "params.n * 3")], parameters=NUMBER)
    run_id = UUID((await later(builder, "plain", n=5)).json()["run_id"])
    await advance(builder, run_id)
    assert (await result(builder, run_id)).json() == 15


async def test_values_are_judged_at_once_and_failures_kept(builder: Builder) -> None:
    await builder.publish("part", DIVIDE, parameters=NUMBER)
    problem_in(await later(builder, "part", n="x"), 422, "api_parameters_invalid")
    run_id = UUID((await later(builder, "part", n=0)).json()["run_id"])
    run = await advance(builder, run_id)
    assert (run["state"], run["error_code"]) == ("failed", "api_value_refused")
    assert problem_in(await result(builder, run_id), 502, "run_failed")["cause"] == "api_value_refused"
    assert (await act(builder, run_id, "retry", {})).status_code == 200
    await act(builder, run_id, "cancel")
    problem_in(await result(builder, run_id), 409, "run_unfinished")


async def test_a_key_begins_one_run_with_one_set_of_values(builder: Builder) -> None:
    api_id = await builder.publish("part", DIVIDE, parameters=NUMBER)
    first = (await later(builder, "part", "k", n=1)).json()
    again = (await later(builder, "part", "k", n=1)).json()
    assert (first["repeated"], again["repeated"], again["run_id"]) == (False, True, first["run_id"])
    problem_in(await later(builder, "part", "k", n=2), 409, "run_key_reused")
    begun = (await batch(builder, api_id, [{"n": 1}], "b")).json()
    assert (await batch(builder, api_id, [{"n": 1}], "b")).json()["run_id"] == begun["run_id"]
    problem_in(await batch(builder, api_id, [{"n": 2}], "b"), 409, "run_key_reused")


async def test_each_item_of_a_list_has_its_own_outcome(builder: Builder) -> None:
    api_id = await builder.publish("part", DIVIDE, parameters=NUMBER)
    begun = await batch(builder, api_id, [{"n": 1}, {"n": 0}, {"n": 4}], concurrency=2)
    assert begun.status_code == 202, begun.text
    run_id = UUID(begun.json()["run_id"])
    run = await advance(builder, run_id)
    assert (run["state"], run["output"]) == ("succeeded", {"items": 3, "succeeded": 2, "failed": 1})
    items = (await result(builder, run_id)).json()["items"]
    assert [(each["index"], each["state"]) for each in items] == [(0, "succeeded"), (1, "failed"), (2, "succeeded")]
    assert [each["output"] and each["output"]["items"][0]["part"] for each in items] == [100, None, 25]
    assert items[1]["error"]["code"] == "api_value_refused"


async def test_every_bad_value_of_a_list_is_named_before_anything_runs(builder: Builder) -> None:
    api_id = await builder.publish("part", DIVIDE, parameters=NUMBER)
    refused = problem_in(await batch(builder, api_id, [{"n": "a"}, {"n": 1}, {}]), 422, "api_parameters_invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/items/0/n", "/items/2/n"]
    problem_in(await batch(builder, api_id, []), 422, "invalid_input")
    problem_in(await batch(builder, api_id, [{"n": 1}] * 1_001), 422, "invalid_input")


async def test_a_list_may_end_with_the_first_failure(builder: Builder) -> None:
    api_id = await builder.publish("part", DIVIDE, parameters=NUMBER)
    begun = await batch(builder, api_id, [{"n": 0}, {"n": 1}], concurrency=1, stop_on_error=True)
    run = await advance(builder, UUID(begun.json()["run_id"]))
    assert (run["state"], run["error_code"]) == ("failed", "workflow_failed")
    assert [node["node_id"] for node in run["nodes"]] == ["i0"]


async def test_a_worker_lost_in_a_list_repeats_no_item_that_ended(builder: Builder) -> None:
    api_id = await scripted(builder, "count", COUNT)
    begun = await batch(builder, api_id, [{"n": n} for n in range(12)], concurrency=1)
    run_id, core = UUID(begun.json()["run_id"]), builder.core

    async def some_ended() -> bool:
        async with core.db.transaction(builder.tenant.scope) as session:
            return len(await store.nodes(session, run_id)) >= 3

    job = asyncio.create_task(core.part(Runner).advance(builder.tenant.id, run_id))
    await until(some_ended)
    job.cancel()
    await asyncio.wait([job])
    kept = {node["node_id"]: node["output"] for node in (await show(builder, run_id))["nodes"]}
    assert 3 <= len(kept) < 12
    done = {node["node_id"]: node["output"] for node in (await advance(builder, run_id))["nodes"]}
    assert len(done) == 12
    assert {node_id: done[node_id] for node_id in kept} == kept


async def test_an_item_that_is_told_to_wait_waits(builder: Builder) -> None:
    limits = {"caller_rate": 600, "concurrency": 1}
    api_id = await builder.publish("slow", DIVIDE, parameters=NUMBER, limits=limits)
    begun = await batch(builder, api_id, [{"n": n + 1} for n in range(30)], concurrency=20)
    run = await advance(builder, UUID(begun.json()["run_id"]))
    assert run["output"] == {"items": 30, "succeeded": 30, "failed": 0}


async def test_only_what_is_published_runs_later(builder: Builder) -> None:
    made = await builder.create("draft", DIVIDE, parameters=NUMBER)
    problem_in(await batch(builder, made["id"], [{"n": 1}]), 404, "api_not_found")
    await builder.core.part(RunLog).flush()


async def test_a_list_is_for_whom_the_api_is(builder: Builder) -> None:
    auth = {"callers": "people"}
    api_id = await builder.publish("people", DIVIDE, parameters=NUMBER, auth=auth)
    problem_in(await batch(builder, api_id, [{"n": 1}]), 403, "api_caller_unfit")
    problem_in(await later(builder, "people", n=1), 403, "api_caller_unfit")


async def test_the_script_of_a_node_is_counted_once(builder: Builder) -> None:
    """A list over a workflow whose node counts: each item is one call of it."""
    nodes = [script("one", "def main(params, input, ctx):\n    return params['n']\n", arguments={"n": "params.n"})]
    api_id = await publish(builder, "inner", nodes, parameters=NUMBER)
    begun = await batch(builder, api_id, [{"n": 5}, {"n": 6}])
    run = await advance(builder, UUID(begun.json()["run_id"]))
    assert [node["output"] for node in run["nodes"]] in ([5, 6], [6, 5])


async def test_values_that_open_something_are_stored_sealed_and_given_as_they_were(
    builder: Builder, core: Core
) -> None:
    hidden = [{"name": "token", "required": True}]
    nodes = [value("a", "$length(params.token)")]
    await publish(builder, "once", nodes, parameters=hidden, durable=True)
    api_id = await publish(builder, "plain", nodes, parameters=hidden)
    answers = [await later(builder, path, "k", token="hunter2") for path in ("once", "plain")]
    answers.append(await batch(builder, api_id, [{"token": "hunter2"}]))
    runs = [UUID(answer.json()["run_id"]) for answer in answers]
    async with core.db.raw(builder.tenant.scope) as connection:
        stored = await connection.fetch("select params::text as params from workflow_runs where id = any($1)", runs)
    assert len(stored) == 3
    assert not any("hunter2" in row["params"] for row in stored)
    for path in ("once", "plain"):
        assert (await later(builder, path, "k", token="hunter2")).json()["repeated"]
        problem_in(await later(builder, path, "k", token="other"), 409, "run_key_reused")
    ended = [await advance(builder, run_id) for run_id in runs]
    assert [run["state"] for run in ended] == ["succeeded"] * 3
    assert [run["output"] for run in ended[:2]] == [7, 7]
    assert not any("hunter2" in str(run) for run in ended)


async def test_what_a_run_gave_is_read_by_whoever_began_it_or_may_read_the_log(builder: Builder) -> None:
    await publish(builder, "mine", [value("a", "1")], durable=True)

    async def key(*scopes: str) -> dict[str, str]:
        body = {"name": "-".join(scopes), "scopes": list(scopes)}
        made = await builder.client.post("/api/v1/keys", json=body, headers=builder.tenant.headers)
        return {"X-API-Key": made.json()["key"]}

    mine, other, reader = await key("apis.run"), await key("apis.run"), await key("apis.run", "apis.read")
    run_id = (await builder.client.post("/runtime/mine", json={}, headers=mine)).json()["run_id"]
    await advance(builder, UUID(run_id))
    path = f"/api/v1/workflow-runs/{run_id}"
    for headers, status in ((mine, 200), (other, 404), (reader, 200)):
        assert (await builder.client.get(f"{path}/result", headers=headers)).status_code == status
    problem_in(await builder.client.post(f"{path}/retry", json={}, headers=other), 404, "workflow_run_not_found")
