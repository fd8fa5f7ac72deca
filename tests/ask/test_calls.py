"""What people published answers questions with the asker's rights; why an alert fired is told by its proof."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from fixtures.tenants import TestTenant
from opsloom.ask.causes.tool import CauseTool
from opsloom.ask.compose.composer import compose, present
from opsloom.ask.execute import execute
from opsloom.ask.plan import ApiStep, Intent, Language, Plan, Step, ToolStep, WhyStep
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.calls import ApiTool, RegistryTool, SqlTool, only_enabled
from opsloom.ask.tools.contract import ErrorFamily, ToolContext, ToolResult, ToolStatus, registry
from opsloom.ask.tools.guarded import guarded
from opsloom.ask.tools.rows import rows_of
from opsloom.ask.tools.why import WhyTool
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.inventory.monitor import Found, FoundItem
from opsloom.kit.errors import ConnectionLost, PlanningFailed
from opsloom.kit.ids import new_id

NOW = datetime.now(UTC)
Run = Callable[..., Awaitable[ToolResult]]
API = {
    "name": "Numbers up to n",
    "path": "numbers",
    "logic": {"type": "sql", "sql": "select n as value, 'n' || n as name from generate_series(1, :most) as n"},
    "parameters": [{"name": "most", "type": "integer", "default": 3}],
}


async def run(core: Core, scope: Scope, step: Step) -> ToolResult:
    """One step through the executor; what it says has nothing that its evidence does not hold."""
    tools = registry(*BUILT_IN, ApiTool(core), RegistryTool(core), SqlTool(core), WhyTool(core), CauseTool())
    plan = Plan(language=Language.EN, intent=Intent.CALL, zone="UTC", steps=[step])
    done = await execute(plan, tools, ToolContext(core.db, scope, core.clock, 5.0))
    _answer, withheld = present(compose(plan, done))
    assert not withheld
    return done.results["s1"]


async def published(client: httpx2.AsyncClient, tenant: TestTenant, draft: dict[str, Any]) -> str:
    made = await client.post("/api/v1/apis", json=draft, headers=tenant.headers)
    assert made.status_code == 201, made.text
    done = await client.post(f"/api/v1/apis/{made.json()['id']}/publish", json={"comment": ""}, headers=tenant.headers)
    assert done.status_code == 200, done.text
    key: str = made.json()["slug"]
    return key


async def test_a_published_api_answers_and_names_its_version(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    key = await published(client, tenant, API)
    found = await run(core, tenant.scope, ApiStep(id="s1", api=key, parameters={"most": 2}))
    assert found.evidence is not None
    assert found.evidence.rows == ({"value": 1, "name": "n1"}, {"value": 2, "name": "n2"})
    assert found.evidence.call == ApiStep(id="s1", api=key, parameters={"most": 2})
    assert [(one.kind, one.version) for one in found.assets] == [("api", 1)]


async def test_what_may_change_something_is_not_called(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    key = await published(client, tenant, API | {"path": "posted", "method": "POST"})
    found = await run(core, tenant.scope, ApiStep(id="s1", api=key))
    assert (found.family, "may change" in found.detail) == (ErrorFamily.PLANNING, True)


async def test_the_askers_rights_hold(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    key = await published(client, tenant, API)
    asker = Scope(tenant.scope.tenant_id, tenant.scope.actor, frozenset({Permission.ASK_USE}))
    assert (await run(core, asker, ApiStep(id="s1", api=key))).status is ToolStatus.FORBIDDEN
    assert (await run(core, tenant.scope, ApiStep(id="s1", api="nothing-here"))).family is ErrorFamily.TOOL


async def test_a_tool_of_the_registry_answers(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await inventory.ensure_found(
            session, tenant.scope, Found((FoundItem("w", "server", "web-01"),), ()), NOW, "test"
        )
    found = await run(core, tenant.scope, ToolStep(id="s1", tool="item_lookup", arguments={"name": "web"}))
    assert found.evidence is not None
    assert [row["name"] for row in found.evidence.rows] == ["web-01"]
    assert found.assets[0].name == "item_lookup"
    wrong = await run(core, tenant.scope, ToolStep(id="s1", tool="item_lookup", arguments={"limit": "many"}))
    assert wrong.family is ErrorFamily.TOOL


async def test_why_an_alert_fired_is_told_by_its_proof(core: Core, tenant: TestTenant) -> None:
    rule_id, at = new_id(), NOW - timedelta(minutes=9)
    proof = {
        "rule_id": str(rule_id), "rule_version": 1, "change": "fired", "reason": "condition_held", "condition": "value > 90",
        "for_s": 60.0, "since": at.isoformat(), "decided_at": (at + timedelta(seconds=60)).isoformat(), "labels": {},
        "facts": [
            {"time": (at + timedelta(seconds=60 * n)).isoformat(), "ref": f"sample:{n}", "values": {"value": 91.5 + n}}
            for n in range(2)
        ],
    }  # fmt: skip
    sql = """
    insert into alerts (tenant_id, id, rule_id, rule_version, rule_name, key, state, severity, title, started_at, fired_at, updated_at,
                        proof) values ($1, $2, $3, 1, 'CPU busy', 'web-01', 'firing', 'warning', 'CPU of web-01', $4, $4, $4, $5)
    """
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute(sql, tenant.scope.tenant_id, new_id(), rule_id, at, proof)
    found = await run(core, tenant.scope, WhyStep(id="s1", rule="cpu"))
    assert found.evidence is not None
    [row] = found.evidence.rows
    assert (row["rule"], row["condition"], row["for_s"], row["proof_holds"]) == ("CPU busy", "value > 90", 60.0, True)
    assert [fact["value"] for fact in found.parts["facts"].rows] == [91.5, 92.5]
    assert (await run(core, tenant.scope, WhyStep(id="s1", rule="disk"))).status is ToolStatus.NO_DATA


async def test_why_a_rule_did_not_fire_names_what_is_missing(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        ids = await inventory.ensure_found(
            session, tenant.scope, Found((FoundItem("w", "server", "web-01"),), ()), NOW, "test"
        )
        samples = [inventory.Sample(ids["w"], "cpu.usage", NOW - timedelta(seconds=10 * n), 71.0) for n in range(30)]
        await inventory.record_samples(await inventory.driver_of(session), tenant.scope, samples)
    rule = {
        "name": "CPU too high", "kind": "threshold", "source": {"type": "metric", "metric": "cpu.usage"}, "condition": "value > 90",
    }  # fmt: skip
    made = (await client.post("/api/v1/rules", json=rule, headers=tenant.headers)).json()
    done = await client.post(f"/api/v1/rules/{made['id']}/publish", json={"comment": ""}, headers=tenant.headers)
    assert done.status_code == 200, done.text
    found = await run(core, tenant.scope, WhyStep(id="s1", rule="CPU too high", item_id=ids["w"], outcome="not_fired"))
    assert found.evidence is not None, found.detail
    [row] = found.evidence.rows
    assert (row["condition"], row["value"], row["distance"]) == ("value > 90", 71.0, 19.0)
    unknown = await run(core, tenant.scope, WhyStep(id="s1", rule="no such rule", outcome="not_fired"))
    assert unknown.family is ErrorFamily.PLANNING


@pytest.mark.parametrize(
    ("sql", "allowed"),
    [
        ("select * from shop.orders", True),
        ("select count(*) from orders o join shop.items i on i.id = o.id", True),
        ("with x as (select * from orders) select * from x", True),
        ("select * from customers", False),
        ("select * from other.orders", False),
        ("with customers as (select 1) select * from hr.customers", False),
        ("select * from orders where id in (select id from secrets)", False),
        ("delete from orders", False),
        ("select 1; select 2", False),
        ("not sql at all (", False),
        ("", False),
    ],
)
def test_sql_keeps_to_enabled_tables(sql: str, allowed: bool) -> None:
    enabled = {"orders", "shop.orders", "shop.items"}
    if allowed:
        only_enabled(sql, enabled, "postgres")
    else:
        with pytest.raises(PlanningFailed):
            only_enabled(sql, enabled, "postgres")


@pytest.mark.parametrize(
    ("answer", "rows", "more"),
    [
        ([{"a": 1}, {"b": None}, {"a": 3}], ({"a": 1, "b": None}, {"a": None, "b": None}), True),
        ({"items": [{"a": 1}], "next_cursor": None}, ({"a": 1},), False),
        ({"total": 7}, ({"total": 7},), False),
        ([1, "x"], ({"value": 1}, {"value": "x"}), False),
        (None, (), False),
        ([], (), False),
    ],
)
def test_any_answer_is_rows(answer: Any, rows: tuple[dict[str, Any], ...], more: bool) -> None:
    assert rows_of(answer, 2)[1:] == (rows, more)


async def test_a_tool_that_keeps_failing_is_paused_for_its_tenant_only(core: Core, tenant: TestTenant) -> None:
    class Broken:
        name, kind, permission = "broken", "items", Permission.INVENTORY_READ
        calls = 0

        async def run(self, context: ToolContext, step: Step) -> ToolResult:
            self.calls += 1
            raise ConnectionLost("away")

    broken = Broken()
    [tool] = guarded([broken], core.breakers)
    step = ToolStep(id="s1", tool="x")
    for _ in range(8):
        with pytest.raises(Exception, match=r"away|paused"):
            await tool.run(ToolContext(core.db, tenant.scope, core.clock, 1.0), step)
    assert broken.calls == 5
    with pytest.raises(ConnectionLost):
        await tool.run(ToolContext(core.db, Scope.system(new_id()), core.clock, 1.0), step)
