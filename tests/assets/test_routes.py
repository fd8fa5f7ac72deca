"""The generic routes: every kind's drafts, versions and steps of life in one form."""

from assets.conftest import Desk, rule_content
from opsloom.identity.permissions import Role


async def test_the_life_of_an_asset(desk: Desk) -> None:
    channel = await desk.channel("On call")
    assert (channel["key"], channel["state"], channel["published_version"]) == ("on-call", "published", 1)
    made = await desk.create("rule", "Busy", rule_content("on-call"), description="CPU", tags=["core"])
    assert (made["state"], made["draft_differs"], made["can_write"], made["latest_version"]) == ("draft", True, True, 0)
    rule = await desk.publish(made, comment="first")
    assert (rule["state"], rule["draft_differs"], rule["latest_version"]) == ("published", False, 1)
    saved = await desk.save(rule, rule_content("on-call") | {"severity": "critical"}, name="Very busy")
    assert (saved["key"], saved["name"], saved["draft_differs"]) == ("busy", "Very busy", True)
    assert (saved["description"], saved["tags"]) == ("CPU", ["core"])
    await desk.publish(saved, comment="second")
    versions = (await desk.get(f"/assets/{rule['id']}/versions"))["items"]
    assert [(each["version"], each["comment"], each["is_published"]) for each in versions] == [
        (2, "second", True),
        (1, "first", False),
    ]
    back = await desk.post(f"/assets/{rule['id']}/rollback", {"version": 1})
    assert (back["published_version"], back["content"]["severity"], back["name"]) == (1, "warning", "Very busy")
    down = await desk.post(f"/assets/{rule['id']}/unpublish")
    assert (down["state"], down["published_version"], down["latest_version"]) == ("draft", None, 2)
    assert (await desk.post(f"/assets/{rule['id']}/archive"))["state"] == "archived"
    assert (await desk.post(f"/assets/{rule['id']}/restore"))["state"] == "draft"
    first = await desk.get(f"/assets/{rule['id']}/versions/1")
    assert first["content"]["severity"] == "warning"


async def test_a_key_survives_renaming_and_is_not_given_twice(desk: Desk) -> None:
    first = await desk.channel("On call")
    renamed = await desk.save(first, first["content"], name="Night shift")
    assert renamed["draft_differs"] is True, "a version has the name it was published with"
    assert (await desk.publish(renamed))["draft_differs"] is False
    second = await desk.create("channel", "On call", first["content"])
    assert second["key"] == "on-call-2"
    chosen = await desk.create("channel", "Third", first["content"], key="third.one")
    assert chosen["key"] == "third.one"
    for body, code in (
        ({"name": "Fourth", "key": "on-call"}, "key_taken"),
        ({"name": "night SHIFT"}, "name_taken"),
        ({"name": "Fifth", "key": "Not a key"}, "key_invalid"),
    ):
        answer = await desk.send("POST", "/assets", {"kind": "channel", "content": first["content"]} | body)
        assert answer.json()["code"] == code


async def test_an_archived_key_may_be_taken_meanwhile(desk: Desk) -> None:
    first = await desk.channel("On call")
    await desk.post(f"/assets/{first['id']}/archive")
    await desk.channel("On call")
    answer = await desk.send("POST", f"/assets/{first['id']}/restore")
    assert (answer.status_code, answer.json()["code"]) == (409, "key_taken")


async def test_a_stale_save_gets_both_sides(desk: Desk) -> None:
    channel = await desk.create("channel", "On call", {"config": {"type": "in_app"}})
    await desk.save(channel, {"enabled": False, "config": {"type": "in_app"}})
    body = {"name": "Mine", "content": {"config": {"type": "in_app"}}, "tags": ["x"]}
    answer = await desk.send("PUT", f"/assets/{channel['id']}", body, **{"If-Match": '"1"'})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["base_revision"]) == (409, "stale_draft", 1)
    assert problem["yours"]["name"] == "Mine"
    assert problem["yours"]["tags"] == ["x"]
    assert problem["theirs"]["content"]["enabled"] is False
    assert (problem["theirs"]["revision"], problem["theirs"]["saved_by"]) == (2, "owner key")


async def test_the_right_to_an_asset_is_the_right_to_its_kind(desk: Desk) -> None:
    channel = await desk.channel("On call")
    viewer = desk.as_role(Role.VIEWER)
    assert (await viewer.get(f"/assets/{channel['id']}"))["can_write"] is False
    for step in ("publish", "unpublish", "archive", "restore", "retry"):
        answer = await viewer.send("POST", f"/assets/{channel['id']}/{step}", {})
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing"), step
    refused = await viewer.send("POST", "/assets", {"kind": "policy", "name": "P", "content": {}})
    assert refused.status_code == 403
    builder = await desk.as_role(Role.BUILDER).send("POST", "/assets", {"kind": "policy", "name": "P", "content": {}})
    assert builder.status_code == 403, "whoever is bound by a policy does not write it"


async def test_an_unknown_kind_is_named(desk: Desk) -> None:
    answer = await desk.send("POST", "/assets", {"kind": "nonsense", "name": "x", "content": {}})
    assert (answer.status_code, answer.json()["code"]) == (422, "kind_unknown")
    assert "rule" in answer.json()["hint"]


async def test_kinds_come_with_their_schema(desk: Desk) -> None:
    kinds = {each["name"]: each for each in (await desk.get("/assets/kinds"))["items"]}
    assert kinds.keys() >= {"api", "channel", "policy", "rule"}
    assert "threshold" in kinds["rule"]["schema"]["discriminator"]["mapping"]
    assert "output" not in kinds["api"]["schema"]["properties"], "nobody writes what publication derives"


async def test_who_may_not_see_a_kind_sees_nothing_of_it(desk: Desk) -> None:
    content = {"config": {"type": "sqlite", "path": "shop.db"}}
    connection = await desk.create("connection", "Shop", content)
    viewer = desk.as_role(Role.VIEWER)
    answer = await viewer.send("GET", f"/assets/{connection['id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    assert (await viewer.get("/assets"))["items"] == []
    assert (await viewer.get("/assets/facets"))["kinds"] == []
    assert "connection" not in [each["name"] for each in (await viewer.get("/assets/kinds"))["items"]]
    assert [each["key"] for each in (await desk.as_role(Role.OPERATOR).get("/assets"))["items"]] == ["shop"]


async def test_the_routes_of_a_kind_take_a_step_as_every_asset_takes_it(desk: Desk) -> None:
    channel, rule = await desk.channel("Crew"), await desk.rule("Busy", "crew")
    builder = desk.as_role(Role.BUILDER)

    async def delete(who: Desk, path: str) -> tuple[int, str | None]:
        answer = await who.send("DELETE", path)
        return answer.status_code, answer.json()["code"] if answer.content else None

    assert await delete(desk, f"/channels/{channel['id']}") == (409, "breaks_dependants")
    assert await delete(builder, f"/channels/{channel['id']}?force=true") == (403, "permission_missing")
    assert await delete(desk, f"/channels/{channel['id']}?force=true") == (204, None)
    await desk.post(f"/rules/{rule['id']}/publish", {"comment": "again", "force": True})
    await desk.post(f"/rules/{rule['id']}/rollback", {"version": 1, "comment": "back", "force": True})
    await desk.post(f"/rules/{rule['id']}/unpublish", {"comment": "enough"})
    told = [each["detail"].get("comment") for each in (await desk.get(f"/assets/{rule['id']}/history"))["items"]]
    assert told[:3] == ["enough", "back", "again"]
    assert await delete(desk, f"/rules/{rule['id']}") == (204, None)
