"""What is known about an asset: links, impact, what changed and who did it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from assets.conftest import Desk, rule_content
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.assets import graph, service
from opsloom.assets.errors import BreaksDependants, LinksCyclic
from opsloom.assets.kinds import Breaking, Hits, Link, PlainKind
from opsloom.assets.models import Asset
from opsloom.identity.permissions import Permission, Role
from opsloom.infra.core import Core


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    uses: dict[str, list[str]] = {}
    gives: list[str] = []
    due: list[str] = []


class PartKind(PlainKind):
    """Uses others of its kind, gives named things, wants others; taking one away or wanting one more breaks."""

    name = "part"
    model: type[BaseModel] = Part
    read = Permission.ASSETS_READ
    write = Permission.ASSETS_WRITE

    def links(self, content: BaseModel) -> Sequence[Link]:
        assert isinstance(content, Part)
        return [Link("part", key, "uses", f"/uses/{key}", tuple(needs)) for key, needs in content.uses.items()]

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        assert isinstance(before, Part)
        assert isinstance(after, Part)
        gone = [Breaking(each, f"{each} is gone") for each in before.gives if each not in after.gives]
        due = [Breaking(each, f"{each} is due", Hits.OTHERS) for each in after.due if each not in before.due]
        return [*gone, *due]


KIND = PartKind()


async def make(core: Core, tenant: TestTenant, name: str, *, publish: bool = True, **content: Any) -> Asset:
    async with core.db.transaction(tenant.scope) as session:
        asset = await service.create_draft(session, tenant.scope, KIND, name, content)
        if publish:
            await service.publish(session, tenant.scope, KIND, asset.id)
        return asset


async def change(core: Core, tenant: TestTenant, asset: Asset, *, force: bool = False, **content: Any) -> None:
    async with core.db.transaction(tenant.scope) as session:
        revision = (await service.get(session, KIND, asset.id)).draft_revision
        saved = (asset.name, content)
        await service.save_draft(session, tenant.scope, KIND, asset.id, saved, if_revision=revision)
        await service.publish(session, tenant.scope, KIND, asset.id, force=force)


async def test_only_who_relies_on_a_part_breaks_by_it(core: Core, tenant: TestTenant) -> None:
    hub = await make(core, tenant, "hub", gives=["a", "b"])
    await make(core, tenant, "on-a", uses={"hub": ["a"]})
    await make(core, tenant, "on-b", uses={"hub": ["b"]})
    await make(core, tenant, "on-any", uses={"hub": []})
    await make(core, tenant, "only-a-draft", publish=False, uses={"hub": ["a"]})
    with pytest.raises(BreaksDependants) as caught:
        await change(core, tenant, hub, gives=["b"])
    listed = caught.value.extensions["dependants"]
    assert isinstance(listed, list)
    assert {each["key"]: each["reasons"] for each in listed} == {"on-a": ["a is gone"], "on-any": ["a is gone"]}
    async with core.db.transaction(tenant.scope) as session:
        assert (await service.get(session, KIND, hub.id)).published_version == 1, "the refusal changed nothing"
    await change(core, tenant, hub, gives=["a", "b", "c"])


async def test_who_passes_a_value_does_not_mind_that_it_became_due(core: Core, tenant: TestTenant) -> None:
    hub = await make(core, tenant, "hub")
    await make(core, tenant, "passes", uses={"hub": ["host"]})
    await change(core, tenant, hub, due=["host"])
    with pytest.raises(BreaksDependants, match="time is due"):
        await change(core, tenant, hub, due=["host", "time"])


async def test_forcing_is_for_those_who_may_and_is_written_down(core: Core, tenant: TestTenant) -> None:
    hub = await make(core, tenant, "hub", gives=["a"])
    await make(core, tenant, "on-a", uses={"hub": ["a"]})
    await change(core, tenant, hub, force=True, gives=[])
    async with core.db.transaction(tenant.scope) as session:
        query = "select detail from audit_entries where action = 'part.published' order by seq desc limit 1"
        detail = (await session.execute(text(query))).scalar_one()
    assert '"forced":true' in detail.replace(" ", "")
    assert "part/on-a" in detail


async def test_going_out_of_force_breaks_everybody(desk: Desk) -> None:
    channel = await desk.channel("On call")
    rule = await desk.rule("Busy", "on-call")
    for step in ("unpublish", "archive"):
        answer = await desk.send("POST", f"/assets/{channel['id']}/{step}", {})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "breaks_dependants")
        assert [each["id"] for each in problem["dependants"]] == [rule["id"]]
        shown = await desk.get(f"/assets/{channel['id']}/impact?action={step}")
        assert (shown["allowed"], shown["code"]) == (False, "breaks_dependants")
        assert [(each["key"], each["breaks"]) for each in shown["dependants"]] == [("busy", True)]
        assert (shown["dependants_total"], shown["breaks_total"]) == (1, 1)
    builder = desk.as_role(Role.BUILDER)
    refused = await builder.send("POST", f"/assets/{channel['id']}/archive", {"force": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_missing")
    assert (await desk.as_role(Role.ADMIN).post(f"/assets/{channel['id']}/archive", {"force": True}))[
        "state"
    ] == "archived"
    used = (await desk.get(f"/assets/{rule['id']}/links"))["uses"]
    assert [(each["key"], each["broken"]) for each in used] == [("on-call", "missing")]


async def test_who_is_published_meanwhile_counts(core: Core, tenant: TestTenant) -> None:
    hub = await make(core, tenant, "hub")
    user = await make(core, tenant, "user", publish=False, uses={"hub": []})

    async def unpublish() -> None:
        async with core.db.transaction(tenant.scope) as session:
            await service.unpublish(session, tenant.scope, KIND, hub.id)

    async with core.db.transaction(tenant.scope) as session:
        await service.publish(session, tenant.scope, KIND, user.id)
        going = asyncio.create_task(unpublish())
        await until(lambda: waiting_for_a_lock(core), "the other transaction waits for this one")
    with pytest.raises(BreaksDependants):
        await going


async def waiting_for_a_lock(core: Core) -> bool:
    async with core.db.raw(None) as connection:
        return bool(await connection.fetchval("select exists (select from pg_locks where not granted)"))


async def test_the_typed_routes_refuse_too(desk: Desk) -> None:
    channel = await desk.channel("On call")
    await desk.rule("Busy", "on-call")
    answer = await desk.send("DELETE", f"/channels/{channel['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "breaks_dependants")


async def test_links_follow_the_draft_and_the_version_in_force(desk: Desk) -> None:
    first, second = await desk.channel("First"), await desk.channel("Second")
    rule = await desk.rule("Busy", "first")
    saved = await desk.save(rule, rule_content("second", "third"))
    uses = (await desk.get(f"/assets/{rule['id']}/links"))["uses"]
    assert [(each["key"], each["pointer"], each["broken"]) for each in uses] == [
        ("second", "/actions/0/channel", None),
        ("third", "/actions/1/channel", "missing"),
    ]
    assert [each["version"] for each in (await desk.get(f"/assets/{first['id']}/links"))["used_by"]] == [1]
    assert [each["version"] for each in (await desk.get(f"/assets/{second['id']}/links"))["used_by"]] == [0]
    await desk.publish(saved)
    assert (await desk.get(f"/assets/{first['id']}/links"))["used_by"] == []
    await desk.post(f"/assets/{rule['id']}/rollback", {"version": 1})
    assert [each["version"] for each in (await desk.get(f"/assets/{first['id']}/links"))["used_by"]] == [1]


async def test_an_id_becomes_a_key_and_what_cannot_be_a_key_is_refused(desk: Desk) -> None:
    channel = await desk.channel("On call")
    rule = await desk.create("rule", "Busy", rule_content(channel["id"]))
    assert rule["content"]["actions"][0]["channel"] == "on-call"
    answer = await desk.send("POST", "/assets", {"kind": "rule", "name": "Bad", "content": rule_content("on call!")})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "reference_invalid")
    assert [each["pointer"] for each in problem["errors"]] == ["/actions/0/channel"]


async def test_using_oneself_is_refused_and_named(core: Core, tenant: TestTenant) -> None:
    await make(core, tenant, "c", uses={"a": []})
    await make(core, tenant, "b", uses={"c": []})
    a = await make(core, tenant, "a")
    with pytest.raises(LinksCyclic, match="part/a → part/b → part/c → part/a"):
        await change(core, tenant, a, uses={"b": []})
    with pytest.raises(LinksCyclic, match="part/alone → part/alone"):
        await make(core, tenant, "alone", uses={"alone": []})


async def test_the_graph_ends_at_cycles_depth_and_size(core: Core, tenant: TestTenant) -> None:
    for name, target in (("a", "b"), ("b", "c"), ("c", "a")):
        await make(core, tenant, name, publish=False, uses={target: [], f"{name}-leaf": []})
    async with core.db.transaction(tenant.scope) as session:
        near = await graph.around(session, ("part", "a"), 1, ())
        far = await graph.around(session, ("part", "a"), 6, ())
        nothing = await graph.around(session, ("part", "a"), 6, ("part",))
    assert {key for _, key in near.distances} == {"a", "b", "c", "a-leaf"}
    assert {key: distance for (_, key), distance in far.distances.items()} == {
        "a": 0, "b": 1, "c": 1, "a-leaf": 1, "b-leaf": 2, "c-leaf": 2,
    }  # fmt: skip
    assert len(far.edges) == 6
    assert {key for _, key in far.assets} == {"a", "b", "c"}
    assert list(nothing.distances) == [("part", "a")]
    await make(core, tenant, "wide", publish=False, uses={f"leaf-{n}": [] for n in range(300)})
    async with core.db.transaction(tenant.scope) as session:
        wide = await graph.around(session, ("part", "wide"), 2, ())
    assert (len(wide.distances), wide.truncated) == (graph.MOST_NODES, True)


async def test_the_graph_over_http(desk: Desk) -> None:
    channel = await desk.channel("On call")
    await desk.rule("Busy", "on-call", "gone")
    await desk.rule("Quiet", "on-call")
    shown = await desk.get(f"/assets/{channel['id']}/graph?depth=2")
    keys = [each["key"] for each in shown["nodes"]]
    assert keys == ["on-call", "busy", "quiet", "gone"]
    assert {(keys[each["source"]], keys[each["target"]]) for each in shown["edges"]} == {
        ("busy", "on-call"), ("quiet", "on-call"), ("busy", "gone"),
    }  # fmt: skip
    assert [each["broken"] for each in shown["nodes"]] == [None, None, None, "missing"]


async def test_impact_says_why_it_would_be_refused(desk: Desk) -> None:
    rule = await desk.rule("Busy")
    await desk.save(rule, rule_content() | {"condition": "value >"})
    shown = await desk.get(f"/assets/{rule['id']}/impact?action=publish")
    assert (shown["allowed"], shown["code"]) == (False, "condition_invalid")
    assert (await desk.get(f"/assets/{rule['id']}/impact?action=rollback&version=1"))["allowed"] is True
    for query, status in (("action=rollback", 422), ("action=rollback&version=9", 404), ("action=explode", 422)):
        assert (await desk.send("GET", f"/assets/{rule['id']}/impact?{query}")).status_code == status


async def test_the_diff_and_the_history_of_an_asset(desk: Desk) -> None:
    await desk.channel("On call")
    rule = await desk.rule("Busy", "on-call")
    await desk.save(rule, rule_content("on-call") | {"severity": "critical"})
    shown = await desk.get(f"/assets/{rule['id']}/diff")
    assert (shown["from_version"], shown["to_version"]) == (1, 0)
    assert [(each["op"], each["pointer"], each["before"], each["after"]) for each in shown["changes"]] == [
        ("changed", "/severity", "warning", "critical")
    ]
    assert (await desk.get(f"/assets/{rule['id']}/diff?from=1&to=1"))["changes"] == []
    assert (await desk.send("GET", f"/assets/{rule['id']}/diff?from=7")).status_code == 404
    history = await desk.get(f"/assets/{rule['id']}/history?limit=2")
    assert [each["action"] for each in history["items"]] == ["rule.saved", "rule.published"]
    rest = await desk.get(f"/assets/{rule['id']}/history?cursor={history['next_cursor']}")
    assert [each["action"] for each in rest["items"]] == ["rule.created"]
    fresh = await desk.create("rule", "New", rule_content())
    assert (await desk.get(f"/assets/{fresh['id']}/diff"))["from_version"] is None
