"""What cannot be loaded is listed with its cause, hides nothing else, and can be tried again."""

import asyncio
import json
from typing import Any

import psycopg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from assets.conftest import Desk, rule_content
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.apis.errors import ApiUnservable
from opsloom.apis.published import Published
from opsloom.assets import faults, service
from opsloom.assets.fault_gauge import FaultGauge
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.wakeups import ASSETS
from opsloom.notifications import directory
from opsloom.rules.kind import RULE
from opsloom.rules.tenant_engine import TenantEngine


@pytest.fixture
def rewrite(owner_dsn: Dsn, tenant: TestTenant) -> Any:
    """Change stored content as a later version of Opsloom would find it: only the database's owner can."""

    def change(asset: dict[str, Any], column: str, content: Any) -> None:
        where = "where tenant_id = %s and id = %s" if column == "draft" else "where tenant_id = %s and asset_id = %s"
        table = "assets" if column == "draft" else "asset_versions"
        with psycopg.connect(**owner_dsn.psycopg()) as connection:
            connection.execute("select set_config('opsloom.tenant', %s, true)", (str(tenant.id),))
            done = connection.execute(
                f"update {table} set {column} = %s::jsonb {where}", (json.dumps(content), tenant.id, asset["id"])
            )
            assert done.rowcount == 1

    return change


async def fault_of(desk: Desk, asset: dict[str, Any]) -> Any:
    return (await desk.get(f"/assets/{asset['id']}"))["fault"]


async def test_a_rule_that_cannot_be_loaded_is_listed_and_the_others_run(
    core: Core, desk: Desk, tenant: TestTenant, rewrite: Any
) -> None:
    bad, good = await desk.rule("Bad"), await desk.rule("Good")
    rewrite(bad, "content", rule_content() | {"condition": "value >"})
    engine = TenantEngine(core, tenant.id)
    await engine.load()
    assert [run.program.name for run in engine.runtime.runs.values()] == ["Good"]
    assert "ConditionInvalid" in (await fault_of(desk, bad))["cause"]
    assert await fault_of(desk, good) is None
    listed = (await desk.get("/assets?fault=true"))["items"]
    assert [each["name"] for each in listed] == ["Bad"]
    assert (await desk.get("/assets/facets"))["faults"] == [{"value": "true", "count": 1}]
    history = (await desk.get(f"/assets/{bad['id']}/history"))["items"]
    assert history[0]["action"] in ("rule.faulty", "rule.quarantined")
    again = await desk.post(f"/assets/{bad['id']}/retry")
    assert again["fault"] is not None, "it was tried and failed again"
    rewrite(bad, "content", rule_content())
    assert (await desk.post(f"/assets/{bad['id']}/retry"))["fault"] is None
    await engine.load()
    assert len(engine.runtime.runs) == 2


async def test_publishing_a_repaired_version_clears_the_fault(
    core: Core, desk: Desk, tenant: TestTenant, rewrite: Any
) -> None:
    rule = await desk.rule("Bad")
    rewrite(rule, "content", {"kind": "of another time"})
    await TenantEngine(core, tenant.id).load()
    assert (await fault_of(desk, rule))["version"] == 1
    await desk.publish(await desk.save(rule, rule_content() | {"severity": "critical"}))
    assert await fault_of(desk, rule) is None


async def test_an_api_that_cannot_be_read_answers_why_and_the_others_answer(
    core: Core, desk: Desk, tenant: TestTenant, rewrite: Any
) -> None:
    made = {}
    for name in ("bad", "good"):
        logic = {"type": "sql", "sql": "select 1 as one"}
        made[name] = await desk.publish(await desk.create("api", name, {"path": f"try/{name}", "logic": logic}))
    rewrite(made["bad"], "content", {"path": "try/bad", "logic": {"type": "of another time"}})
    published = core.part(Published)
    published.forget(tenant.id)
    with pytest.raises(ApiUnservable, match="not a valid api"):
        await published.find(tenant.id, "try/bad")
    served, _ = await published.find(tenant.id, "try/good")
    assert served.name == "good"
    document = await desk.get("/runtime/openapi.json")
    assert list(document["paths"]) == ["/runtime/try/good"]
    assert "/logic" in (await fault_of(desk, made["bad"]))["cause"]
    rewrite(made["bad"], "content", made["bad"]["content"])
    published.forget(tenant.id)
    await published.find(tenant.id, "try/bad")
    assert await fault_of(desk, made["bad"]) is None, "it loads again, so the fault is gone by itself"


async def test_a_channel_that_cannot_be_read_silences_no_other(
    core: Core, desk: Desk, tenant: TestTenant, rewrite: Any
) -> None:
    bad = await desk.channel("Bad")
    await desk.channel("Good")
    rewrite(bad, "content", {"config": {"type": "carrier pigeon"}})
    async with core.db.transaction(tenant.scope) as session:
        found = await directory.published(session, Scope.system(tenant.id))
    assert [each.name for each in found] == ["Good"]
    assert "carrier pigeon" in (await fault_of(desk, bad))["cause"]


async def test_a_draft_that_cannot_be_read_hides_no_other(desk: Desk, rewrite: Any) -> None:
    api = {"path": "try", "logic": {"type": "sql", "sql": "select 1 as one"}}
    for kind, content in (("rule", rule_content()), ("channel", {"config": {"type": "in_app"}}), ("api", api)):
        bad = await desk.create(kind, "Bad", content)
        await desk.create(kind, "Good", content)
        rewrite(bad, "draft", {"of": "another time"})
        listed = [each["name"] for each in (await desk.get(f"/{kind}s"))["items"]]
        assert "Good" in listed
        assert "Bad" not in listed
        answer = await desk.send("GET", f"/{kind}s/{bad['id']}")
        assert (answer.status_code, answer.json()["code"]) == (409, "asset_unreadable")
        assert (await desk.get(f"/assets/{bad['id']}"))["content"] == {"of": "another time"}
        assert "another" not in (await fault_of(desk, bad))["cause"]
        assert bad["id"] in [each["id"] for each in (await desk.get("/assets?fault=true"))["items"]]
        await desk.save(bad, content)
        assert await fault_of(desk, bad) is None


async def test_a_fault_is_told_once_and_counted(core: Core, desk: Desk, tenant: TestTenant) -> None:
    rule = await desk.rule("Bad")
    gauge = FaultGauge(core.db, core.wakeups)
    await gauge.count()
    before = REGISTRY.get_sample_value("opsloom_asset_faults", {"kind": "rule"}) or 0
    for _ in range(3):
        async with core.db.transaction(tenant.scope) as session:
            asset = await service.get(session, RULE, rule["id"])
            await service.report_fault(session, tenant.scope, asset, 1, "it does not fit")
    shown = await fault_of(desk, rule)
    assert (shown["cause"], shown["times"]) == ("it does not fit", 3)
    async with core.db.transaction(tenant.scope) as session:
        told = await session.execute(text("select count(*) from audit_entries where action = 'rule.faulty'"))
        assert told.scalar_one() == 1
    core.wakeups.heard(ASSETS, f"{tenant.id}:{faults.WAKE_KIND}")
    await FaultGauge(core.db, core.wakeups).count()
    assert REGISTRY.get_sample_value("opsloom_asset_faults", {"kind": "rule"}) == before + 1
    await desk.post(f"/assets/{rule['id']}/unpublish")
    assert await fault_of(desk, rule) is None, "what is not in force cannot fail to load"


async def test_a_kind_that_nobody_brings_is_listed_with_that_cause(
    desk: Desk, owner_dsn: Dsn, tenant: TestTenant
) -> None:
    channel = await desk.channel("Left over")
    with psycopg.connect(**owner_dsn.psycopg()) as connection:
        connection.execute("select set_config('opsloom.tenant', %s, true)", (str(tenant.id),))
        connection.execute("update assets set kind = 'horoscope' where id = %s", (channel["id"],))
    listed = (await desk.get("/assets?kind=horoscope"))["items"]
    assert "horoscope" in listed[0]["fault"]["cause"]
    assert (await desk.get(f"/assets/{channel['id']}"))["can_write"] is False
    answer = await desk.send("POST", f"/assets/{channel['id']}/publish", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "kind_unknown")


async def test_retrying_what_is_not_in_force_is_refused(desk: Desk) -> None:
    rule = await desk.create("rule", "Draft", rule_content())
    answer = await desk.send("POST", f"/assets/{rule['id']}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")


async def test_the_gauge_follows_what_it_hears(core: Core, desk: Desk, tenant: TestTenant) -> None:
    rule = await desk.rule("Bad")
    gauge, stop = FaultGauge(core.db, core.wakeups), asyncio.Event()
    await gauge.count()

    def faulty() -> float:
        return REGISTRY.get_sample_value("opsloom_asset_faults", {"kind": "rule"}) or 0

    before = faulty()
    running = asyncio.create_task(gauge.run(stop))
    async with core.db.transaction(tenant.scope) as session:
        asset = await service.get(session, RULE, rule["id"])
        await service.report_fault(session, tenant.scope, asset, 1, "it does not fit")

    def told_and_counted() -> bool:
        core.wakeups.heard(ASSETS, f"{tenant.id}:rule")  # not about faults
        core.wakeups.heard(ASSETS, f"{tenant.id}:{faults.WAKE_KIND}")
        return faulty() == before + 1

    await until(told_and_counted, "the fault is counted")
    stop.set()
    await running


async def test_an_old_version_that_cannot_be_read_is_listed_with_its_cause(desk: Desk, rewrite: Any) -> None:
    rule = await desk.rule("Busy")
    rewrite(rule, "content", {"kind": "retired"})
    await desk.publish(await desk.save(rule, rule_content() | {"severity": "critical"}))
    new, old = (await desk.get(f"/rules/{rule['id']}/versions"))["items"]
    assert (new["definition"]["severity"], new["fault"]) == ("critical", None)
    assert (old["version"], old["definition"]) == (1, None)
    assert old["fault"].startswith("What is stored is not a valid rule: ")
    logic = {"type": "sql", "sql": "select 1 as one"}
    api = await desk.publish(await desk.create("api", "One", {"path": "one", "logic": logic}))
    rewrite(api, "content", {"path": "one", "logic": {"type": "retired"}})
    await desk.publish(await desk.save(api, {"path": "one", "logic": logic, "description": "more"}))
    new, old = (await desk.get(f"/apis/{api['id']}/versions"))["items"]
    assert (new["definition"]["description"], new["fault"], old["definition"]) == ("more", None, None)
    assert "/logic" in old["fault"]
