"""The board: facets whose counts go with the filters, saved views, and a zero that says since when."""

from typing import Any

import httpx2

from alerts.acting import apply, decide, get, post
from fixtures.tenants import TestTenant
from opsloom.alerts.lifecycle import Severity, Step
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id

VIEWS = "/api/v1/alert-views"


def counts(group: list[dict[str, Any]]) -> dict[str, int]:
    return {each["label"]: each["count"] for each in group}


async def test_facets_count_what_the_other_filters_leave(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    disk = new_id()
    prod, test = {"env": "prod", "item": "a"}, {"env": "test", "item": "b"}
    fired = await apply(
        core,
        tenant,
        decide(Step.FIRE, key="a", labels=prod),
        decide(Step.FIRE, key="b", labels=test, severity=Severity.INFO),
        decide(Step.FIRE, key="c", labels=test, rule_id=disk, rule_name="Disk"),
    )
    operator = str(tenant.user_ids[Role.OPERATOR])
    await post(client, tenant, f"/{fired[0]}/assign", {"assignee_id": operator})
    all_of = await get(client, tenant, "/facets")
    assert counts(all_of["severities"]) == {"info": 1, "warning": 0, "critical": 2}
    assert counts(all_of["states"])["resolved"] == 0
    assert counts(all_of["rules"]) == {"CPU high": 2, "Disk": 1}
    assert {each["value"]: each["count"] for each in all_of["assignees"]} == {operator: 1, "none": 2}
    assert {each["name"]: counts(each["values"]) for each in all_of["labels"]} == {
        "env": {"prod": 1, "test": 2},
        "item": {"a": 1, "b": 2},
    }
    some = await get(client, tenant, "/facets", label="env=test", severity="info")
    assert counts(some["severities"]) == {"info": 1, "warning": 0, "critical": 1}
    assert counts(some["rules"]) == {"CPU high": 1}

    async def keys(**params: Any) -> list[str]:
        return [each["key"] for each in (await get(client, tenant, **params))["items"]]

    assert await keys(label="env=test") == ["c", "b"]
    assert await keys(label=["env=test", "env=prod", "item=a"]) == ["a"]
    assert await keys(assignee="none") == ["c", "b"]
    assert await keys(assignee=[operator, "none"]) == ["c", "b", "a"]
    assert await keys(rule_id=[str(disk), str(new_id())]) == ["c"]
    assert await keys(q="operator") == ["a"]
    assert await keys(q="prod") == ["a"]


async def test_views_are_private_or_shared(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    operator, viewer = tenant.as_role(Role.OPERATOR), tenant.as_role(Role.VIEWER)
    filters = {"state": ["firing"], "label": ["env=prod"], "severity": ["critical"]}
    own = await client.post(VIEWS, json={"name": "Mine", "filters": filters}, headers=operator)
    assert own.status_code == 201
    assert own.json()["filters"] == {"q": "", "rule": [], "assignee": [], **filters}
    shared = await client.post(VIEWS, json={"name": "Night", "filters": {}, "shared": True}, headers=operator)
    seen = (await client.get(VIEWS, headers=viewer)).json()["items"]
    assert [(each["name"], each["mine"], each["owner_name"]) for each in seen] == [("Night", False, "operator key")]
    at = f"{VIEWS}/{shared.json()['id']}"
    assert (await client.delete(at, headers=viewer)).status_code == 404
    taken = await client.post(VIEWS, json={"name": "mine", "filters": {}}, headers=operator)
    assert (taken.status_code, taken.json()["code"]) == (409, "view_name_taken")
    # The list of assets has its own names, and neither list shows the other's.
    assets = await client.post("/api/v1/asset-views", json={"name": "Mine", "filters": {}}, headers=operator)
    assert assets.status_code == 201
    assert (await client.delete(f"{VIEWS}/{assets.json()['id']}", headers=operator)).status_code == 404
    renamed = await client.put(at, json={"name": "Day", "filters": {}, "shared": True}, headers=operator)
    assert renamed.json()["name"] == "Day"
    assert (await client.delete(at, headers=operator)).status_code == 204
    assert [each["name"] for each in (await client.get(VIEWS, headers=operator)).json()["items"]] == ["Mine"]


async def test_zero_says_since_when(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    assert (await get(client, tenant, "/summary"))["quiet_since"] is None
    await apply(core, tenant, decide(Step.FIRE))
    assert (await get(client, tenant, "/summary"))["quiet_since"] is None
    await apply(core, tenant, decide(Step.CLEAR, 90))
    summary = await get(client, tenant, "/summary")
    assert (summary["open"], summary["quiet_since"]) == (0, "2026-03-02T09:01:30Z")


async def test_only_those_who_may_work_on_alerts_can_be_chosen(
    client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    found = (await get(client, tenant, "/people"))["items"]
    assert [each["name"] for each in found] == ["admin", "builder", "operator", "owner"]
    assert str(other_tenant.user_ids[Role.OWNER]) not in {each["id"] for each in found}
