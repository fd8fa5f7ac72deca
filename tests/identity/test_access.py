"""The door: which credential counts, CSRF, 401 against 403, and what a refusal leaves in the log."""

from datetime import timedelta

import httpx2
import pytest

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Permission, Role, permissions_of
from opsloom.identity.tokens import TokenKind, issue

from .conftest import Ada, NewBrowser, bearer, sign_in

OPEN = {
    ("get", "/api/v1/setup"),
    ("post", "/api/v1/setup"),
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/refresh"),
    ("get", "/api/v1/auth/oidc"),
    ("get", "/api/v1/auth/oidc/start"),
    ("get", "/api/v1/auth/oidc/callback"),
}


async def test_everything_but_signing_in_needs_a_credential(browser: httpx2.AsyncClient) -> None:
    document = (await browser.get("/api/v1/openapi.json")).json()
    asked = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not path.startswith("/api/v1/") or (method, path) in OPEN:
                continue
            url = path.replace("{", "").replace("}", "")
            answer = await browser.request(method, url, json={} if method in {"post", "patch", "put"} else None)
            assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required"), (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert operation["security"], (method, path)
            asked += 1
    assert asked >= 20


async def test_a_wrong_credential_is_not_rescued_by_a_right_one(
    browser: httpx2.AsyncClient, owner: Ada, tenant: TestTenant
) -> None:
    await sign_in(browser, owner)
    for headers in (bearer("ola_nonsense") | tenant.headers, {"X-API-Key": "olk_nonsense"}):
        answer = await browser.get("/api/v1/me", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "credential_invalid")


async def test_a_key_also_works_as_a_bearer_token(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    answer = await browser.get("/api/v1/me", headers=bearer(tenant.keys[Role.BUILDER]))
    assert answer.json()["role"] == "builder"


async def test_a_key_of_one_tenant_with_anothers_name_in_it_opens_nothing(
    browser: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    for foreign in (other_tenant.id, tenant.id):
        answer = await browser.get("/api/v1/me", headers={"X-API-Key": issue(TokenKind.KEY, foreign)})
        assert answer.status_code == 401


@pytest.mark.parametrize("sent", [None, "", "wrong", "of another session"])
async def test_a_cookie_changes_nothing_without_its_csrf_token(
    new_browser: NewBrowser, owner: Ada, sent: str | None
) -> None:
    browser, elsewhere = await new_browser(), await new_browser()
    await sign_in(browser, owner)
    if sent == "of another session":
        # An attacker who can plant a cookie plants his own, with the header to match.
        sent = str((await sign_in(elsewhere, owner))["csrf_token"])
        browser.cookies.delete("opsloom_csrf")
        browser.cookies.set("opsloom_csrf", sent, domain="opsloom.test")
    headers = {} if sent is None else {"X-CSRF-Token": sent}
    answer = await browser.post("/api/v1/tenants", json={"name": "Forged"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_mismatch")
    assert len((await browser.get("/api/v1/tenants")).json()["items"]) == 1


@pytest.mark.parametrize("cookie", [None, "another"])
async def test_the_csrf_header_must_be_what_the_cookie_says(
    browser: httpx2.AsyncClient, owner: Ada, cookie: str | None
) -> None:
    csrf = str((await sign_in(browser, owner))["csrf_token"])
    browser.cookies.delete("opsloom_csrf")
    if cookie is not None:
        browser.cookies.set("opsloom_csrf", cookie, domain="opsloom.test")
    answer = await browser.post("/api/v1/tenants", json={"name": "Forged"}, headers={"X-CSRF-Token": csrf})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_mismatch")


async def test_reading_with_a_cookie_needs_no_csrf_token(browser: httpx2.AsyncClient, owner: Ada) -> None:
    await sign_in(browser, owner)
    assert (await browser.get("/api/v1/users")).status_code == 200


async def test_a_role_without_the_permission_is_refused_and_the_refusal_is_logged(
    browser: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    user_id = tenant.user_ids[Role.OWNER]
    answer = await browser.delete(f"/api/v1/users/{user_id}", headers=tenant.as_role(Role.VIEWER))
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    assert "users.write" in answer.json()["detail"]
    entry = (await browser.get("/api/v1/audit?action=access.denied", headers=tenant.headers)).json()["items"][0]
    assert entry["target"] == {"kind": "operation", "id": "DELETE /api/v1/users/{user_id}"}
    assert entry["detail"]["code"] == "permission_missing"
    assert entry["actor"]["kind"] == "key"
    assert entry["trace_id"] == answer.json()["trace_id"]


async def test_a_permission_is_asked_for_before_the_thing_is_looked_up(
    browser: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    """Else 403 against 404 would tell which ids exist."""
    answer = await browser.get(
        "/api/v1/users/018f4e1a-0000-7000-8000-0123456789ab", headers=tenant.as_role(Role.VIEWER)
    )
    assert answer.status_code == 403


async def make_key(client: httpx2.AsyncClient, headers: dict[str, str], **body: object) -> dict[str, str]:
    answer = await client.post("/api/v1/keys", json={"name": "k", "scopes": ["alerts.read"]} | body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def test_a_key_does_what_its_scopes_say_and_no_more(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    key = await make_key(browser, tenant.headers, scopes=["users.read", "alerts.read"])
    headers = {"X-API-Key": key["key"]}
    assert set((await browser.get("/api/v1/me", headers=headers)).json()["permissions"]) == {
        "users.read",
        "alerts.read",
    }
    assert (await browser.get("/api/v1/users", headers=headers)).status_code == 200
    assert (await browser.get("/api/v1/audit", headers=headers)).status_code == 403


async def test_a_key_loses_what_its_maker_loses(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    headers = tenant.as_role(Role.ADMIN)
    key = {"X-API-Key": (await make_key(browser, headers, scopes=["users.read", "alerts.read"]))["key"]}
    user = f"/api/v1/users/{tenant.user_ids[Role.ADMIN]}"
    await browser.patch(user, json={"role": "viewer"}, headers=tenant.headers)
    assert (await browser.get("/api/v1/users", headers=key)).status_code == 403
    assert (await browser.get("/api/v1/me", headers=key)).json()["permissions"] == ["alerts.read"]
    await browser.patch(user, json={"active": False}, headers=tenant.headers)
    assert (await browser.get("/api/v1/me", headers=key)).status_code == 401
    await browser.patch(user, json={"active": True}, headers=tenant.headers)
    assert (await browser.get("/api/v1/me", headers=key)).status_code == 200
    await browser.delete(user, headers=tenant.headers)
    assert (await browser.get("/api/v1/me", headers=key)).status_code == 401


async def test_nobody_makes_a_key_that_may_do_more_than_he(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    body = {"name": "k", "scopes": ["audit.read"]}
    answer = await browser.post("/api/v1/keys", json=body, headers=tenant.as_role(Role.BUILDER))
    assert (answer.status_code, answer.json()["code"]) == (403, "above_own_role")
    narrow = await make_key(browser, tenant.headers, scopes=["keys.write"])
    answer = await browser.post("/api/v1/keys", json=body, headers={"X-API-Key": narrow["key"]})
    assert answer.status_code == 403


async def test_a_revoked_key_and_an_expired_key_open_nothing(
    browser: httpx2.AsyncClient, tenant: TestTenant, clock: FakeClock
) -> None:
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    expiring = await make_key(browser, tenant.headers, expires_at=soon)
    revoked = await make_key(browser, tenant.headers)
    for key in (expiring, revoked):
        assert (await browser.get("/api/v1/me", headers={"X-API-Key": key["key"]})).status_code == 200
    assert (await browser.delete(f"/api/v1/keys/{revoked['id']}", headers=tenant.headers)).status_code == 204
    clock.advance(3601)
    answers = [
        (await browser.get("/api/v1/me", headers={"X-API-Key": key["key"]})).json() for key in (expiring, revoked)
    ]
    for answer in answers:
        answer.pop("trace_id")
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "credential_invalid"


async def test_me_says_for_each_role_what_it_may_do(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    for role in Role:
        me = (await browser.get("/api/v1/me", headers=tenant.as_role(role))).json()
        assert me["role"] == role
        assert set(me["permissions"]) == permissions_of(role)


async def test_roles_are_described(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    items = (await browser.get("/api/v1/roles", headers=tenant.as_role(Role.VIEWER))).json()["items"]
    assert [one["name"] for one in items] == list(Role)
    assert set(items[-1]["permissions"]) == set(Permission)
