"""The list of assets: search, filters and their counts, pages, saved views, one step for many."""

from uuid import uuid4

import pytest_asyncio

from assets.conftest import Desk, rule_content
from opsloom.identity.permissions import Role


@pytest_asyncio.fixture
async def stocked(desk: Desk) -> Desk:
    """Two channels and three rules; one rule is published, one tagged, one archived."""
    for name in ("On call", "결제 알림"):
        await desk.create("channel", name, {"config": {"type": "in_app"}})
    await desk.rule("Busy CPU")
    await desk.create("rule", "Quiet", rule_content(), tags=["core", "night"], description="nothing came")
    gone = await desk.create("rule", "Gone", rule_content())
    await desk.post(f"/assets/{gone['id']}/archive")
    return desk


async def names(desk: Desk, query: str = "") -> list[str]:
    return [each["name"] for each in (await desk.get(f"/assets?{query}"))["items"]]


async def test_the_list_shows_the_last_changed_first_without_the_archived(stocked: Desk) -> None:
    assert await names(stocked) == ["Quiet", "Busy CPU", "결제 알림", "On call"]
    assert await names(stocked, "state=archived") == ["Gone"]


async def test_filters_and_words_narrow_it(stocked: Desk) -> None:
    assert await names(stocked, "kind=channel") == ["결제 알림", "On call"]
    assert await names(stocked, "kind=channel&kind=rule&state=published") == ["Busy CPU"]
    assert await names(stocked, "tag=core&tag=night") == ["Quiet"]
    assert await names(stocked, "tag=core&tag=day") == []
    assert await names(stocked, "q=알림") == ["결제 알림"]
    assert await names(stocked, "q=cpu busy") == ["Busy CPU"]
    assert await names(stocked, "q=nothing came") == ["Quiet"]
    assert await names(stocked, "q=night") == ["Quiet"]
    assert await names(stocked, "q=100%25") == []
    assert await names(stocked, "fault=true") == []
    assert len(await names(stocked, "fault=false")) == 4


async def test_pages_neither_skip_nor_repeat(stocked: Desk) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = await stocked.get(f"/assets?limit=1{cursor}")
        seen += [each["name"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == await names(stocked)


async def test_a_filters_own_choice_does_not_narrow_its_counts(stocked: Desk) -> None:
    counts = await stocked.get("/assets/facets?kind=channel")
    assert counts["kinds"] == [{"value": "channel", "count": 2}, {"value": "rule", "count": 2}]
    assert counts["states"] == [{"value": "draft", "count": 2}]
    everything = await stocked.get("/assets/facets")
    assert everything["states"] == [
        {"value": "draft", "count": 3},
        {"value": "archived", "count": 1},
        {"value": "published", "count": 1},
    ]
    assert everything["tags"] == [{"value": "core", "count": 1}, {"value": "night", "count": 1}]
    assert everything["faults"] == []
    narrowed = await stocked.get("/assets/facets?state=draft&kind=rule&fault=false")
    assert narrowed["kinds"] == [{"value": "channel", "count": 2}, {"value": "rule", "count": 1}]
    assert {each["value"]: each["count"] for each in narrowed["states"]} == {"draft": 1, "published": 1, "archived": 1}


async def test_views_are_ones_own_unless_shared(desk: Desk) -> None:
    filters = {"q": "cpu", "kind": ["rule"]}
    mine = await desk.post("/asset-views", {"name": "Mine", "filters": filters}, 201)
    shared = await desk.post("/asset-views", {"name": "Ours", "filters": filters, "shared": True}, 201)
    assert (mine["filters"]["kind"], mine["mine"]) == (["rule"], True)
    colleague = desk.as_role(Role.BUILDER)
    assert [(each["name"], each["mine"]) for each in (await colleague.get("/asset-views"))["items"]] == [
        ("Ours", False)
    ]
    for view in (mine, shared):
        body = {"name": "Taken over", "filters": {}}
        assert (await colleague.send("PUT", f"/asset-views/{view['id']}", body)).status_code == 404
        assert (await colleague.send("DELETE", f"/asset-views/{view['id']}")).status_code == 404
    taken = await desk.send("POST", "/asset-views", {"name": "mine", "filters": {}})
    assert (taken.status_code, taken.json()["code"]) == (409, "view_name_taken")
    saved = await desk.send("PUT", f"/asset-views/{mine['id']}", {"name": "Mine", "filters": {"fault": True}})
    assert saved.json()["filters"]["fault"] is True
    assert (await desk.send("DELETE", f"/asset-views/{mine['id']}")).status_code == 204
    assert [each["name"] for each in (await desk.get("/asset-views"))["items"]] == ["Ours"]


async def test_one_step_for_many_refuses_each_by_itself(desk: Desk) -> None:
    good = await desk.create("rule", "Good", rule_content())
    bad = await desk.create("rule", "Bad", rule_content() | {"condition": "value >"})
    missing = str(uuid4())
    done = await desk.post("/assets/bulk", {"ids": [good["id"], bad["id"], missing, good["id"]], "action": "publish"})
    assert (done["done"], done["refused"]) == (1, 2)
    assert [(each["done"], each["state"], each["code"]) for each in done["items"]] == [
        (True, "published", None),
        (False, None, "condition_invalid"),
        (False, None, "asset_not_found"),
    ]
    assert (await desk.get(f"/assets/{bad['id']}"))["state"] == "draft"
    history = (await desk.get(f"/assets/{bad['id']}/history"))["items"]
    assert [each["action"] for each in history] == ["rule.created"]


async def test_what_is_refused_half_way_leaves_nothing(desk: Desk) -> None:
    content = {"path": "one/path", "logic": {"type": "sql", "sql": "select 1 as one"}}
    first, second = [await desk.create("api", name, content) for name in ("First", "Second")]
    done = await desk.post("/assets/bulk", {"ids": [first["id"], second["id"]], "action": "publish"})
    assert [each["code"] for each in done["items"]] == [None, "api_path_taken"]
    left = await desk.get(f"/assets/{second['id']}")
    assert (left["state"], left["latest_version"]) == ("draft", 0)
    assert (await desk.get(f"/assets/{second['id']}/versions"))["items"] == []
    history = (await desk.get(f"/assets/{second['id']}/history"))["items"]
    assert [each["action"] for each in history] == ["api.created"]


async def test_tagging_many_makes_no_edit_stale(desk: Desk) -> None:
    rule = await desk.create("rule", "Good", rule_content(), tags=["old"])
    await desk.post("/assets/bulk", {"ids": [rule["id"]], "action": "tag", "tag": "new"})
    await desk.post("/assets/bulk", {"ids": [rule["id"]], "action": "untag", "tag": "old"})
    saved = await desk.save(rule, rule_content())
    assert saved["tags"] == ["new"]
    viewer = desk.as_role(Role.VIEWER)
    refused = await viewer.post("/assets/bulk", {"ids": [rule["id"]], "action": "tag", "tag": "x"})
    assert refused["items"][0]["code"] == "permission_missing"
    answer = await desk.send("POST", "/assets/bulk", {"ids": [rule["id"]], "action": "tag"})
    assert answer.status_code == 422


async def test_other_tenants_see_nothing(stocked: Desk, other_desk: Desk) -> None:
    theirs = (await stocked.get("/assets"))["items"][0]["id"]
    assert await names(other_desk) == []
    for path in ("", "/links", "/graph", "/history", "/versions", "/diff", "/impact?action=publish", "/reviews"):
        assert (await other_desk.send("GET", f"/assets/{theirs}{path}")).status_code == 404


async def test_a_step_for_many_is_looked_at_before_it_is_taken(desk: Desk) -> None:
    channel, rule = await desk.channel("Crew"), await desk.rule("Busy", "crew")
    body = {"ids": [channel["id"], rule["id"]], "action": "archive", "preview": True}
    ahead = await desk.post("/assets/bulk", body)
    assert (ahead["done"], ahead["refused"]) == (1, 1)
    shown = [(each["done"], each["code"], each["dependants_total"], each["breaks_total"]) for each in ahead["items"]]
    assert shown == [(False, "breaks_dependants", 1, 1), (True, None, 0, 0)]
    states = [(await desk.get(f"/assets/{each['id']}"))["state"] for each in (channel, rule)]
    assert states == ["published", "published"], "nothing was changed"
