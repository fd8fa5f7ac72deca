"""A screen from its draft to its address, and what keeps it from getting there."""

from typing import Any

from assets.conftest import Desk, desk, other_desk
from opsloom.identity.permissions import Role

__all__ = ["desk", "other_desk"]

API = {"path": "hosts/all", "logic": {"type": "sql", "sql": "select name from data.items"}}


def board(**parts: Any) -> dict[str, Any]:
    """A table of what an API answers."""
    table = {"type": "table", "id": "hosts", "label": {"ko": "호스트", "en": "Hosts"}, "rows": "{{ data.hosts.rows }}"}
    whole = {
        "slug": "hosts",
        "title": {"ko": "호스트", "en": "Hosts"},
        "permissions": ["apis.run", "alerts.read"],
        "data": {"hosts": {"type": "api", "api": "all-hosts"}},
        "root": {"type": "column", "id": "root", "children": [table]},
    }
    return whole | parts


async def refused(desk: Desk, asset: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.send("POST", f"/assets/{asset['id']}/publish", {})
    told: dict[str, Any] = answer.json()
    assert answer.status_code in {409, 422}, told
    return told


async def test_a_published_screen_is_found_at_its_address_with_the_smaller_rights(desk: Desk, other_desk: Desk) -> None:
    await desk.publish(await desk.create("api", "All hosts", API))
    screen = await desk.create("screen", "Hosts", board())
    assert (await desk.send("GET", "/screens/hosts")).json()["code"] == "screen_not_found"
    await desk.publish(screen)
    shown = await desk.get("/screens/hosts")
    assert (shown["version"], shown["document"]["root"]["children"][0]["type"]) == (1, "table")
    assert (shown["permissions"], shown["missing"]) == (["apis.run", "alerts.read"], [])
    assert shown["apis"] == {"all-hosts": {"path": "hosts/all", "method": "GET"}}
    viewer = await desk.as_role(Role.VIEWER).get("/screens/hosts")
    assert (viewer["permissions"], viewer["missing"]) == (["alerts.read"], ["apis.run"])
    assert [each["slug"] for each in (await desk.get("/screens"))["items"]] == ["hosts"]
    assert (await other_desk.send("GET", "/screens/hosts")).status_code == 404
    uses = await desk.get(f"/assets/{screen['id']}/links")
    assert "all-hosts" in str(uses)
    await desk.post(f"/assets/{screen['id']}/unpublish", {})
    assert (await desk.send("GET", "/screens/hosts")).status_code == 404


async def test_an_address_belongs_to_one_screen_until_it_is_freed(desk: Desk) -> None:
    plain = board(data={}, root={"type": "column", "id": "root"})
    first = await desk.publish(await desk.create("screen", "First", plain))
    second = await desk.create("screen", "Second", plain)
    told = await refused(desk, second)
    assert (told["code"], "First" in told["detail"]) == ("screen_address_taken", True)
    moved = await desk.save(first, plain | {"slug": "elsewhere"})
    await desk.publish(moved)
    await desk.publish(second)
    assert [each["slug"] for each in (await desk.get("/screens"))["items"]] == ["elsewhere", "hosts"]
    back = await desk.send("POST", f"/assets/{first['id']}/rollback", {"version": 1})
    assert back.json()["code"] == "screen_address_taken"


async def test_the_gate_names_every_place_and_publishing_holds_to_it(desk: Desk) -> None:
    wrong = board(
        root={
            "type": "column",
            "id": "root",
            "children": [
                {"type": "text", "id": "a", "text": "{{ data.none.value }}"},
                {"type": "text", "id": "b", "text": "{{ 1 + }}"},
                {"type": "button", "id": "c", "label": ""},
            ],
        }
    )
    judged = await desk.post("/screens/check", {"content": wrong})
    assert not judged["publishable"]
    told = {(each["code"], each["component"]) for each in judged["findings"] if each["level"] == "error"}
    assert told == {("name_unknown", "a"), ("expression", "b"), ("label", "c")}
    await desk.publish(await desk.create("api", "All hosts", API))
    problem = await refused(desk, await desk.create("screen", "Wrong", wrong))
    assert problem["code"] == "screen_refused"
    assert {each["pointer"] for each in problem["errors"]} == {
        "/root/children/0/text", "/root/children/1/text", "/root/children/2/label"
    }  # fmt: skip


async def test_a_document_that_is_none_is_judged_too(desk: Desk) -> None:
    judged = await desk.post("/screens/check", {"content": {"slug": "UP", "root": {"type": "marquee"}}})
    assert not judged["publishable"]
    assert {each["code"] for each in judged["findings"]} == {"shape"}
    assert any(each["pointer"].startswith("/root") for each in judged["findings"])


async def test_a_parameter_that_becomes_due_breaks_who_leads_here_without_it(desk: Desk) -> None:
    plain = board(data={}, root={"type": "column", "id": "root"})
    target = await desk.publish(await desk.create("screen", "Target", plain))
    link = {"type": "link", "id": "to", "label": "Go", "screen": "target"}
    leads = plain | {"slug": "from", "root": {"type": "column", "id": "root", "children": [link]}}
    await desk.publish(await desk.create("screen", "From", leads))
    moved = await desk.save(target, plain | {"slug": "other"})
    problem = await refused(desk, moved)
    assert problem["status"] == 409
    assert "/s/other" in str(problem)


async def test_a_request_may_be_allowed_less_than_its_caller(desk: Desk) -> None:
    """What a page sends with its calls: the server holds it to what the screen declares."""
    await desk.publish(await desk.create("api", "All hosts", API))
    few = {"X-Permissions-At-Most": "alerts.read, apis.run"}
    assert (await desk.send("GET", "/alerts", **few)).status_code == 200
    assert (await desk.send("GET", "/items", **few)).json()["code"] == "permission_missing"
    assert (await desk.send("GET", "/alerts", **{"X-Permissions-At-Most": ""})).status_code == 403
    told = await desk.send("GET", "/alerts", **{"X-Permissions-At-Most": "alerts.reed"})
    assert (told.status_code, "alerts.reed" in told.json()["detail"]) == (422, True)
    viewer = desk.as_role(Role.VIEWER)
    more = {"X-Permissions-At-Most": "system.write,apis.run,users.write"}
    assert (await viewer.send("GET", "/users", **more)).status_code == 403, "it takes away and never gives"


async def test_a_narrower_call_of_an_api_is_judged_each_time(desk: Desk) -> None:
    await desk.publish(await desk.create("api", "All hosts", API))
    address = "/runtime/hosts/all"
    for headers, status in (({}, 200), ({"X-Permissions-At-Most": "alerts.read"}, 403), ({}, 200)):
        answer = await desk.client.get(address, headers=desk.tenant.headers | headers)
        assert answer.status_code == status, answer.text
