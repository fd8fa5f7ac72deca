"""Questions over HTTP with a model behind them: what it adds, and that whatever it does an answer comes."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ask.llm.conftest import KEY, Desk
from fakes.model import metric_step, plans, says
from fakes.receiver import answers, hangs
from fixtures.tenants import make_tenant
from opsloom import composition
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.identity.permissions import Role
from opsloom.inventory import service as inventory
from opsloom.inventory.monitor import Found, FoundItem
from opsloom.inventory.samples import Sample

STRANGE = "please ruminate about web-01 and how it sweats"


@dataclass
class Door:
    client: httpx2.AsyncClient
    desk: Desk

    async def ask(self, method: str, path: str, body: Any = None, role: Role = Role.OWNER) -> httpx2.Response:
        headers = self.desk.linked.tenant.as_role(role)
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def question(self, text: str = STRANGE, **more: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "/questions", {"text": text, "time_zone": "Asia/Seoul"} | more)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown


@pytest_asyncio.fixture
async def door(bare: Desk) -> AsyncIterator[Door]:
    core, scope, now = bare.linked.core, bare.scope, datetime.now(UTC)
    async with core.db.transaction(scope) as session:
        ids = await inventory.ensure_found(
            session, scope, Found((FoundItem("w1", "server", "web-01", "웹 1호기"),), ()), now, "test"
        )
        batch = [Sample(ids["w1"], "cpu.usage", now - timedelta(minutes=n), 40.0 + n) for n in range(1, 31)]
        await inventory.record_samples(await inventory.driver_of(session), scope, batch)
    app = create_app(core, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as client:
        yield Door(client, bare)


def good() -> str:
    now = datetime.now(UTC)
    window = {"start": (now - timedelta(hours=1)).isoformat(), "end": now.isoformat()}
    return plans(metric_step(items=["i1"]) | {"window": window})


def stage(question: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each["detail"] for each in question["stages"] if each["name"] == name)
    return found


async def test_a_model_plans_what_the_grammar_does_not_know(door: Door) -> None:
    before = await door.question()
    assert before["status"] == "refused"
    await door.desk.allow()
    door.desk.receiver.otherwise = says(good())
    asked = await door.question()
    assert (asked["status"], asked["plan"]["plan"]["origin"]) == ("answered", "model")
    assert asked["references"][0]["value"] == pytest.approx(55.5)
    (call,) = (await door.ask("GET", f"/llm/calls?trace_id={asked['trace_id']}")).json()["items"]
    shown = (await door.ask("GET", f"/llm/calls/{call['id']}")).json()
    assert (shown["question_id"], shown["hidden"]) == (asked["id"], False)
    others = (await door.ask("GET", f"/llm/calls/{call['id']}", role=Role.OPERATOR)).json()
    assert (others["hidden"], others["prompt"], others["answer"], others["question_id"]) == (True, None, None, None)


async def test_what_the_grammar_knows_asks_no_model(door: Door) -> None:
    await door.desk.allow()
    asked = await door.question("average cpu of web-01 over the last hour")
    assert asked["status"] == "answered"
    assert not door.desk.receiver.received


@pytest.mark.parametrize(
    ("behaviour", "family"),
    [(hangs, "deadline"), (answers(500), "tool"), (says("no idea"), "planning"), (answers(401), "tool")],
    ids=["slow", "failing", "no plan", "key refused"],
)
async def test_without_a_plan_the_refusal_stands_and_says_why(door: Door, behaviour: Any, family: str) -> None:
    await door.desk.allow(**({"deadline_s": 0.4} if behaviour is hangs else {}))
    door.desk.receiver.otherwise = behaviour
    asked = await door.question()
    assert asked["status"] == "refused"
    assert stage(asked, "plan")["model"].startswith(f"{family}: ")
    assert KEY not in str(asked)
    assert (await door.question("average cpu of web-01 over the last hour"))["status"] == "answered"


async def test_the_state_tells_budget_breaker_and_totals(door: Door) -> None:
    assert (await door.ask("GET", "/llm")).json()["policy"] is None
    await door.desk.allow()
    door.desk.receiver.script = [says(good())]
    await door.question()
    door.desk.receiver.otherwise = answers(500)
    await door.question()
    state = (await door.ask("GET", "/llm", role=Role.OPERATOR)).json()
    (model,), (day,) = state["models"], state["totals"]
    assert (model["connection"], model["state"], model["failures"] > 0) == ("main", "closed", True)
    assert (day["calls"], day["unused"], day["tokens_in"], day["unpriced"]) == (2, 1, 210, 1)
    assert (state["budget"]["tokens"], state["budget"]["held_tokens"]) == (250, 0)
    failed = (await door.ask("GET", "/llm/calls?outcome=failed&purpose=plan")).json()["items"]
    assert [call["family"] for call in failed] == ["tool"]


async def test_one_policy_is_in_force_and_only_over_models(door: Door) -> None:
    await door.desk.allow()
    content = {"kind": "model_policy", "name": "More", "content": {"model": "main"}}
    made = (await door.ask("POST", "/assets", content)).json()
    again = await door.ask("POST", f"/assets/{made['id']}/publish", {})
    assert (again.status_code, again.json()["code"]) == (409, "one_in_force")
    await door.ask("POST", f"/assets/{door.desk.policy_id}/unpublish", {})
    content["content"] = {"model": "elsewhere"}
    content["name"] = "Wrong"
    made = (await door.ask("POST", "/assets", content)).json()
    wrong = await door.ask("POST", f"/assets/{made['id']}/publish", {})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/model")


async def test_a_rule_is_drafted_checked_and_not_saved(door: Door) -> None:
    wish = {"text": "tell me when the CPU of a server is over 90 for five minutes"}
    off = await door.ask("POST", "/llm/rule-draft", wish)
    assert (off.status_code, off.json()["code"]) == (409, "model_off")
    await door.desk.allow(drafting=True)
    rule = {"name": "Busy", "kind": "threshold", "condition": "value > 90", "for_s": 300}
    source = {"source": {"type": "metric", "metric": "cpu.usage"}}
    door.desk.receiver.script = [
        says(json.dumps(rule | source | {"condition": "valeu > 90"})),
        says(json.dumps(rule | source)),
        says(json.dumps({"name": "Busy", "kind": "treshold"})),
        says("no"),
    ]
    made = (await door.ask("POST", "/llm/rule-draft", wish)).json()
    assert (made["name"], made["repaired"], made["content"]["condition"]) == ("Busy", True, "value > 90")
    checked = await door.ask("POST", "/rules/check", {"definition": made["content"]})
    assert (checked.status_code, checked.json()["findings"]) == (200, [])
    assert (await door.ask("GET", "/rules")).json()["items"] == []
    unusable = await door.ask("POST", "/llm/rule-draft", wish)
    assert (unusable.status_code, unusable.json()["code"]) == (502, "model_answer_unusable")


async def test_calls_of_another_tenant_are_not_there(door: Door) -> None:
    await door.desk.allow()
    door.desk.receiver.otherwise = says(good())
    await door.question()
    (call,) = await door.desk.calls()
    other = await make_tenant(door.desk.linked.core)
    found = await door.client.get(f"/api/v1/llm/calls/{call.id}", headers=other.headers)
    assert (found.status_code, found.json()["code"]) == (404, "llm_call_not_found")
