"""Users, keys and tenants: what each role may do to whom, and what a second tenant sees of the first: nothing."""

import asyncio
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select

from fixtures.tenants import TestTenant
from opsloom.identity.claims import claim_user
from opsloom.identity.models import User
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

from .conftest import PASSWORD, Ada, NewBrowser, bearer, sign_in

NEW = {"email": "New.Person@x.example", "name": "새 사람", "password": PASSWORD, "role": "operator"}
NOBODY = "018f4e1a-0000-7000-8000-0123456789ab"


async def test_a_created_user_signs_in_and_is_listed(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    created = await browser.post("/api/v1/users", json=NEW, headers=tenant.as_role(Role.ADMIN))
    assert created.status_code == 201
    body = created.json()
    assert body == {
        "id": body["id"],
        "email": "new.person@x.example",
        "name": "새 사람",
        "role": "operator",
        "active": True,
        "created_at": body["created_at"],
    }
    assert (await browser.get(f"/api/v1/users/{body['id']}", headers=tenant.headers)).json() == body
    login = {"email": NEW["email"], "password": PASSWORD, "tenant_id": str(tenant.id)}
    assert (await browser.post("/api/v1/auth/login", json=login)).json()["tenant"]["role"] == "operator"


async def test_an_address_is_a_member_once(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    await browser.post("/api/v1/users", json=NEW, headers=tenant.headers)
    again = await browser.post("/api/v1/users", json=NEW | {"email": NEW["email"].lower()}, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "member_exists")


async def test_an_address_is_a_member_once_also_when_added_twice_at_once(
    browser: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    answers = await asyncio.gather(*(browser.post("/api/v1/users", json=NEW, headers=tenant.headers) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": "a\x00b@x.example"}, "/email"),
        ({"name": "  "}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"role": "king"}, "/role"),
        ({"extra": 1}, "/extra"),
    ],
)
async def test_a_wrong_field_is_named(
    browser: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object], pointer: str
) -> None:
    answer = await browser.post("/api/v1/users", json=NEW | change, headers=tenant.headers)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("password", ["short", "new.person@x.example", "ababababababab"])
async def test_a_weak_first_password_is_refused(browser: httpx2.AsyncClient, tenant: TestTenant, password: str) -> None:
    answer = await browser.post("/api/v1/users", json=NEW | {"password": password}, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "password_weak")


async def test_an_admin_neither_makes_nor_touches_an_owner(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    admin = tenant.as_role(Role.ADMIN)
    owner = f"/api/v1/users/{tenant.user_ids[Role.OWNER]}"
    viewer = f"/api/v1/users/{tenant.user_ids[Role.VIEWER]}"
    answers = [
        await browser.post("/api/v1/users", json=NEW | {"role": "owner"}, headers=admin),
        await browser.patch(viewer, json={"role": "owner"}, headers=admin),
        await browser.patch(owner, json={"role": "viewer"}, headers=admin),
        await browser.patch(owner, json={"active": False}, headers=admin),
        await browser.delete(owner, headers=admin),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "above_own_role")] * 5
    assert (await browser.get(owner, headers=admin)).json()["role"] == "owner"


@pytest.mark.parametrize("change", [{"role": "admin"}, {"active": False}, None])
async def test_the_last_owner_stays(
    browser: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object] | None
) -> None:
    owner = f"/api/v1/users/{tenant.user_ids[Role.OWNER]}"
    answer = (
        await browser.patch(owner, json=change, headers=tenant.headers)
        if change is not None
        else await browser.delete(owner, headers=tenant.headers)
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")


async def test_two_owners_cannot_step_down_at_the_same_time(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    admin = tenant.user_ids[Role.ADMIN]
    await browser.patch(f"/api/v1/users/{admin}", json={"role": "owner"}, headers=tenant.headers)
    answers = await asyncio.gather(
        browser.patch(f"/api/v1/users/{tenant.user_ids[Role.OWNER]}", json={"role": "viewer"}, headers=tenant.headers),
        browser.patch(f"/api/v1/users/{admin}", json={"role": "viewer"}, headers=tenant.as_role(Role.ADMIN)),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_deactivating_ends_the_sessions(new_browser: NewBrowser, owner: Ada) -> None:
    boss, person = await new_browser(), await new_browser()
    headers = bearer((await sign_in(boss, owner))["access_token"])
    created = (await boss.post("/api/v1/users", json=NEW, headers=headers)).json()
    login = {"email": NEW["email"], "password": PASSWORD, "tenant_id": str(owner.tenant.id)}
    token = (await person.post("/api/v1/auth/login", json=login)).json()["access_token"]
    changed = await boss.patch(f"/api/v1/users/{created['id']}", json={"active": False}, headers=headers)
    assert changed.json()["active"] is False
    assert (await person.get("/api/v1/me", headers=bearer(token))).status_code == 401
    await boss.patch(f"/api/v1/users/{created['id']}", json={"active": True}, headers=headers)
    assert (await person.get("/api/v1/me", headers=bearer(token))).status_code == 401


async def test_a_removed_person_can_come_back_with_a_new_account(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, tenant: TestTenant
) -> None:
    first = (await browser.post("/api/v1/users", json=NEW, headers=tenant.headers)).json()
    assert (await browser.delete(f"/api/v1/users/{first['id']}", headers=tenant.headers)).status_code == 204
    assert (await browser.get(f"/api/v1/users/{first['id']}", headers=tenant.headers)).status_code == 404
    again = await browser.post("/api/v1/users", json=NEW | {"password": "a second first one"}, headers=tenant.headers)
    assert again.status_code == 201
    assert again.json()["id"] != first["id"]


async def test_a_removed_persons_account_is_forgotten_unless_it_belongs_elsewhere(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, timed: Core, owner: Ada
) -> None:
    headers = owner.tenant.headers
    gone = (await browser.post("/api/v1/users", json=NEW, headers=headers)).json()["id"]
    founder = (
        await browser.post("/api/v1/users", json=NEW | {"email": "f@x.example", "role": "owner"}, headers=headers)
    ).json()
    theirs = await new_browser()
    login = {"email": "f@x.example", "password": PASSWORD, "tenant_id": str(owner.tenant.id)}
    token = (await theirs.post("/api/v1/auth/login", json=login)).json()["access_token"]
    made = (await theirs.post("/api/v1/tenants", json={"name": "Own"}, headers=bearer(token))).json()
    for user_id in (gone, founder["id"]):
        assert (await browser.delete(f"/api/v1/users/{user_id}", headers=headers)).status_code == 204
    for user_id, left in ((gone, 0), (founder["id"], 1)):
        async with timed.db.transaction(Scope.outside()) as session:
            await claim_user(session, UUID(user_id))
            assert await session.scalar(select(func.count()).select_from(User)) == left
    again = await theirs.post(
        "/api/v1/auth/login", json={"email": "f@x.example", "password": PASSWORD, "tenant_id": made["id"]}
    )
    assert again.status_code == 200


async def test_lists_page_without_gap_or_repeat(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    for path in ("/api/v1/users", "/api/v1/keys"):
        whole = [one["id"] for one in (await browser.get(path, headers=tenant.headers)).json()["items"]]
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await browser.get(path, params=params, headers=tenant.headers)).json()
            seen += [one["id"] for one in page["items"]]
            cursor = page.get("next_cursor")
        assert seen == whole
        assert len(whole) == len(Role)


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/keys", "/api/v1/sessions", "/api/v1/audit"])
@pytest.mark.parametrize("cursor", ["x", "WzFd", "W10", "é", "WyIyMDI2IiwxXQ"])
async def test_a_made_up_cursor_is_refused(
    browser: httpx2.AsyncClient, tenant: TestTenant, path: str, cursor: str
) -> None:
    answer = await browser.get(path, params={"cursor": cursor}, headers=tenant.headers)
    assert answer.status_code == (200 if (path, cursor) == ("/api/v1/audit", "WzFd") else 422)


async def test_a_second_tenant_sees_and_changes_nothing_of_the_first(
    browser: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    key_id = (await browser.get("/api/v1/keys", headers=tenant.headers)).json()["items"][0]["id"]
    calls = [
        ("GET", "/api/v1/users/{}", tenant.user_ids[Role.VIEWER], None),
        ("PATCH", "/api/v1/users/{}", tenant.user_ids[Role.VIEWER], {"role": "owner"}),
        ("DELETE", "/api/v1/users/{}", tenant.user_ids[Role.VIEWER], None),
        ("GET", "/api/v1/keys/{}", key_id, None),
        ("DELETE", "/api/v1/keys/{}", key_id, None),
    ]
    for method, path, foreign, body in calls:
        answers = []
        for one in (foreign, NOBODY):
            answer = await browser.request(method, path.format(one), json=body, headers=other_tenant.headers)
            shown = answer.json()
            shown.pop("trace_id")
            answers.append((answer.status_code, shown))
        assert answers[0] == answers[1], (method, path)
        assert answers[0][0] == 404
    assert (await browser.get("/api/v1/keys", headers=tenant.headers)).status_code == 200
    listed = (await browser.get("/api/v1/users", headers=other_tenant.headers)).text
    assert tenant.slug not in listed


async def test_a_key_is_shown_once_and_never_again(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    created = (
        await browser.post("/api/v1/keys", json={"name": "ci", "scopes": ["alerts.read"]}, headers=tenant.headers)
    ).json()
    secret = created.pop("key")
    assert secret.startswith(created["prefix"])
    shown = await browser.get(f"/api/v1/keys/{created['id']}", headers=tenant.headers)
    assert shown.json() == created
    for path in ("/api/v1/keys", "/api/v1/audit", f"/api/v1/keys/{created['id']}"):
        assert secret not in (await browser.get(path, headers=tenant.headers)).text


async def test_a_used_key_says_when(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    created = (
        await browser.post("/api/v1/keys", json={"name": "ci", "scopes": ["alerts.read"]}, headers=tenant.headers)
    ).json()
    assert created["last_used_at"] is None
    await browser.get("/api/v1/me", headers={"X-API-Key": created["key"]})
    shown = (await browser.get(f"/api/v1/keys/{created['id']}", headers=tenant.headers)).json()
    assert shown["last_used_at"] is not None


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["alerts.fly"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2030-01-01T00:00:00"},
    ],
)
async def test_a_wrong_key_request_is_refused(
    browser: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object]
) -> None:
    body = {"name": "k", "scopes": ["alerts.read"]} | change
    assert (await browser.post("/api/v1/keys", json=body, headers=tenant.headers)).status_code == 422


async def test_a_builder_sees_his_own_keys_and_an_admin_sees_all(
    browser: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    own = (await browser.get("/api/v1/keys", headers=tenant.as_role(Role.BUILDER))).json()["items"]
    assert [one["created_by_name"] for one in own] == ["builder"]
    everyones = (await browser.get("/api/v1/keys", headers=tenant.as_role(Role.ADMIN))).json()["items"]
    assert len(everyones) == len(Role)
    owners = next(one["id"] for one in everyones if one["created_by_name"] == "owner")
    for method in ("GET", "DELETE"):
        answer = await browser.request(method, f"/api/v1/keys/{owners}", headers=tenant.as_role(Role.BUILDER))
        assert answer.status_code == 404


async def test_a_founded_tenant_belongs_to_its_founder_alone(
    browser: httpx2.AsyncClient, owner: Ada, tenant: TestTenant
) -> None:
    made = await browser.post("/api/v1/tenants", json={"name": "새 회사"}, headers=tenant.headers)
    assert made.status_code == 201
    assert made.json()["role"] == "owner"
    mine = (await browser.get("/api/v1/tenants", headers=tenant.headers)).json()["items"]
    assert {one["name"] for one in mine} == {f"Tenant {tenant.slug}", "새 회사"}
    others = (await browser.get("/api/v1/tenants", headers=tenant.as_role(Role.ADMIN))).json()["items"]
    assert [one["name"] for one in others] == [f"Tenant {tenant.slug}"]
    refused = await browser.post("/api/v1/tenants", json={"name": "x"}, headers=tenant.as_role(Role.ADMIN))
    assert refused.status_code == 403


async def test_tenants_of_one_name_do_not_tell_of_each_other(
    browser: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    slugs = [
        (await browser.post("/api/v1/tenants", json={"name": "Acme"}, headers=headers)).json()["slug"]
        for headers in (tenant.headers, other_tenant.headers)
    ]
    assert slugs[0] != slugs[1]
    assert all(slug.startswith("acme-") and len(slug) == 10 for slug in slugs)
