"""Another person's approval before something goes into force."""

from typing import Any

import pytest_asyncio

from assets.conftest import Desk, rule_content
from opsloom.identity.permissions import Role


@pytest_asyncio.fixture
async def author(desk: Desk) -> Desk:
    """Somebody whose rules need one approval."""
    await desk.publish(await desk.create("policy", "Four eyes", {"kinds": ["rule"]}))
    return desk.as_role(Role.BUILDER)


async def refused(desk: Desk, path: str, body: Any = None) -> tuple[int, str]:
    """Status and code of a refusal."""
    answer = await desk.send("POST", path, {} if body is None else body)
    return answer.status_code, answer.json()["code"]


async def test_publishing_waits_for_somebody_else(author: Desk) -> None:
    rule = await author.create("rule", "Busy", rule_content())
    path = f"/assets/{rule['id']}"
    assert rule["review"] == {"approvals": 1, "given": 0, "policy": "Four eyes"}
    assert await refused(author, f"{path}/publish") == (409, "review_needed")
    assert await refused(author, f"/rules/{rule['id']}/publish") == (409, "review_needed"), "the typed route too"
    impact = await author.get(f"{path}/impact?action=publish")
    assert (impact["allowed"], impact["code"]) == (False, "review_needed")
    review = await author.post(f"{path}/reviews", {"comment": "please"}, 201)
    assert (review["state"], review["current"], review["can_decide"]) == ("requested", True, False)
    assert await refused(author, f"{path}/reviews") == (409, "review_open")
    assert await refused(author, f"{path}/reviews/{review['id']}/approve") == (403, "own_work")
    assert await refused(author.as_role(Role.OPERATOR), f"{path}/reviews/{review['id']}/approve") == (
        403,
        "permission_missing",
    )
    colleague = author.as_role(Role.ADMIN)
    assert (await colleague.get(f"{path}/reviews"))["items"][0]["can_decide"] is True
    approved = await colleague.post(f"{path}/reviews/{review['id']}/approve", {"comment": "fine"})
    assert (approved["state"], [each["comment"] for each in approved["verdicts"]]) == ("approved", ["fine"])
    assert (await author.publish(rule))["published_version"] == 1


async def test_an_edit_leaves_the_approval_behind(author: Desk) -> None:
    rule = await author.create("rule", "Busy", rule_content())
    path = f"/assets/{rule['id']}"
    review = await author.post(f"{path}/reviews", {}, 201)
    await author.as_role(Role.ADMIN).post(f"{path}/reviews/{review['id']}/approve", {})
    saved = await author.save(rule, rule_content() | {"severity": "critical"})
    assert await refused(author, f"{path}/publish") == (409, "review_needed")
    back = await author.save(saved, rule_content())
    assert back["review"]["given"] == 1, "the same content is what was approved"
    await author.publish(back)


async def test_a_review_of_an_older_draft_cannot_be_decided(author: Desk) -> None:
    rule = await author.create("rule", "Busy", rule_content())
    path = f"/assets/{rule['id']}"
    review = await author.post(f"{path}/reviews", {}, 201)
    await author.save(rule, rule_content() | {"severity": "critical"})
    decide = f"{path}/reviews/{review['id']}/approve"
    assert await refused(author.as_role(Role.ADMIN), decide) == (409, "review_closed")
    second = await author.post(f"{path}/reviews", {}, 201)
    states = [each["state"] for each in (await author.get(f"{path}/reviews"))["items"]]
    assert states == ["requested", "withdrawn"]
    await author.post(f"{path}/reviews/{second['id']}/withdraw", {"comment": "not yet"})
    assert await refused(author, f"{path}/reviews/{second['id']}/withdraw") == (409, "review_closed")


async def test_who_edits_a_draft_cannot_approve_it(author: Desk) -> None:
    rule = await author.create("rule", "Busy", rule_content())
    path, editor = f"/assets/{rule['id']}", author.as_role(Role.ADMIN)
    await editor.save(rule, rule_content() | {"severity": "critical"})
    review = await author.post(f"{path}/reviews", {}, 201)
    assert await refused(editor, f"{path}/reviews/{review['id']}/approve") == (403, "own_work")
    await author.as_role(Role.OWNER).post(f"{path}/reviews/{review['id']}/approve", {})
    await author.publish(rule)


async def test_a_rejection_says_why_and_ends_the_review(author: Desk) -> None:
    rule = await author.create("rule", "Busy", rule_content())
    path = f"/assets/{rule['id']}"
    review = await author.post(f"{path}/reviews", {}, 201)
    colleague = author.as_role(Role.ADMIN)
    rejected = await colleague.post(f"{path}/reviews/{review['id']}/reject", {"comment": "too noisy"})
    assert (rejected["state"], rejected["verdicts"][0]["comment"]) == ("rejected", "too noisy")
    assert await refused(colleague, f"{path}/reviews/{review['id']}/approve") == (409, "review_closed")
    assert await refused(author, f"{path}/publish") == (409, "review_needed")
    actions = [each["action"] for each in (await author.get(f"{path}/history"))["items"]]
    assert actions == ["rule.review_rejected", "rule.review_requested", "rule.created"]


async def test_two_approvals_are_two_people(desk: Desk) -> None:
    await desk.publish(await desk.create("policy", "Six eyes", {"tags": ["core"], "approvals": 2}))
    author = desk.as_role(Role.BUILDER)
    free = await author.create("rule", "Free", rule_content())
    await author.publish(free)
    rule = await author.create("rule", "Busy", rule_content(), tags=["core"])
    path = f"/assets/{rule['id']}"
    review = await author.post(f"{path}/reviews", {}, 201)
    decide = f"{path}/reviews/{review['id']}/approve"
    first = await desk.as_role(Role.ADMIN).post(decide, {})
    assert first["state"] == "requested"
    assert await refused(desk.as_role(Role.ADMIN), decide) == (409, "review_closed")
    assert await refused(author, f"{path}/publish") == (409, "review_needed")
    assert (await desk.post(decide, {}))["state"] == "approved"
    await author.publish(rule)


async def test_going_back_needs_no_review(desk: Desk) -> None:
    rule = await desk.rule("Busy")
    await desk.publish(await desk.save(rule, rule_content() | {"severity": "critical"}))
    await desk.publish(await desk.create("policy", "Four eyes", {}))
    builder = desk.as_role(Role.BUILDER)
    assert (await builder.post(f"/assets/{rule['id']}/rollback", {"version": 1}))["published_version"] == 1


async def test_a_policy_names_kinds_that_exist(desk: Desk) -> None:
    policy = await desk.create("policy", "Four eyes", {"kinds": ["rule", "rules"]})
    answer = await desk.send("POST", f"/assets/{policy['id']}/publish", {})
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/kinds/1"]


async def test_a_foreign_review_is_like_none(desk: Desk) -> None:
    first, second = await desk.rule("First"), await desk.rule("Second")
    review = await desk.post(f"/assets/{first['id']}/reviews", {}, 201)
    answer = await desk.send("POST", f"/assets/{second['id']}/reviews/{review['id']}/approve", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "review_not_found")
