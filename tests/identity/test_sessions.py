"""Sessions: refreshing, stealing, ending, switching the tenant."""

import asyncio

import httpx2
import pytest
from sqlalchemy import func, select

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.identity import sessions
from opsloom.identity.jobs import purge
from opsloom.identity.models import Session, SessionToken
from opsloom.identity.permissions import Role
from opsloom.identity.sessions import ACCESS_S, COOKIE_IDLE_S, REFRESH_S, SESSION_S
from opsloom.infra.core import Core

from .conftest import PASSWORD, Ada, NewBrowser, bearer, person, sign_in


async def refresh(client: httpx2.AsyncClient, token: object) -> httpx2.Response:
    return await client.post("/api/v1/auth/refresh", json={"refresh_token": token})


async def works(client: httpx2.AsyncClient, token: object) -> bool:
    answer = await client.get("/api/v1/me", headers=bearer(token))
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


async def test_an_access_token_ends_after_its_time(browser: httpx2.AsyncClient, owner: Ada, clock: FakeClock) -> None:
    token = (await sign_in(browser, owner))["access_token"]
    clock.advance(ACCESS_S - 1)
    assert await works(browser, token)
    clock.advance(2)
    assert not await works(browser, token)


async def test_refreshing_gives_new_tokens_and_takes_the_old_ones(browser: httpx2.AsyncClient, owner: Ada) -> None:
    first = await sign_in(browser, owner)
    second = (await refresh(browser, first["refresh_token"])).json()
    assert await works(browser, second["access_token"])
    assert not await works(browser, first["access_token"])
    third = await refresh(browser, second["refresh_token"])
    assert third.status_code == 200


async def test_a_refresh_token_used_twice_ends_the_whole_session(
    browser: httpx2.AsyncClient, owner: Ada, tenant: TestTenant
) -> None:
    stolen = (await sign_in(browser, owner))["refresh_token"]
    renewed = (await refresh(browser, stolen)).json()
    again = await refresh(browser, stolen)
    assert (again.status_code, again.json()["code"]) == (401, "refresh_token_reused")
    assert not await works(browser, renewed["access_token"])
    assert (await refresh(browser, renewed["refresh_token"])).status_code == 401
    browser.cookies.delete("opsloom_csrf")
    assert (await browser.get("/api/v1/me")).status_code == 401  # the cookie of that session is dead too
    browser.cookies.clear()
    log = await browser.get("/api/v1/audit?action=session.ended", headers=tenant.headers)
    assert log.json()["items"][0]["detail"] == {"because": "refresh_reused"}


async def test_refreshes_at_once_count_as_reuse(new_browser: NewBrowser, owner: Ada) -> None:
    browsers = [await new_browser() for _ in range(8)]
    token = (await sign_in(browsers[0], owner))["refresh_token"]
    answers = await asyncio.gather(*(refresh(one, token) for one in browsers))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert not await works(browsers[1], winner.json()["access_token"])


async def test_a_refresh_token_ends_after_its_time(browser: httpx2.AsyncClient, owner: Ada, clock: FakeClock) -> None:
    token = (await sign_in(browser, owner))["refresh_token"]
    clock.advance(REFRESH_S + 1)
    assert (await refresh(browser, token)).json()["code"] == "credential_invalid"


async def test_no_refreshing_outlives_the_session(browser: httpx2.AsyncClient, owner: Ada, clock: FakeClock) -> None:
    token = (await sign_in(browser, owner))["refresh_token"]
    for _ in range(SESSION_S // REFRESH_S):
        clock.advance(REFRESH_S - 60)
        token = (await refresh(browser, token)).json()["refresh_token"]
    clock.advance(REFRESH_S - 60)
    assert (await refresh(browser, token)).status_code == 401


@pytest.mark.parametrize("text", ["", "nonsense", "olr_" + "a" * 77, "olr_" + "2" * 77])
async def test_a_made_up_refresh_token_is_refused(browser: httpx2.AsyncClient, text: str) -> None:
    assert (await refresh(browser, text)).status_code in {401, 422}


async def test_a_token_of_one_kind_does_not_pass_for_another(browser: httpx2.AsyncClient, owner: Ada) -> None:
    signed_in = await sign_in(browser, owner)
    assert (await refresh(browser, signed_in["access_token"])).status_code == 401
    assert not await works(browser, signed_in["refresh_token"])
    assert not await works(browser, signed_in["csrf_token"])


async def test_signing_out_ends_every_token_of_the_session(browser: httpx2.AsyncClient, owner: Ada) -> None:
    signed_in = await sign_in(browser, owner)
    answer = await browser.post("/api/v1/auth/logout", headers={"X-CSRF-Token": str(signed_in["csrf_token"])})
    assert answer.status_code == 204
    assert 'opsloom_session=""' in answer.headers["set-cookie"]
    assert not await works(browser, signed_in["access_token"])
    assert (await refresh(browser, signed_in["refresh_token"])).status_code == 401


async def test_a_cookie_left_alone_for_a_day_stops_working(
    browser: httpx2.AsyncClient, owner: Ada, clock: FakeClock
) -> None:
    await sign_in(browser, owner)
    for _ in range(3):
        clock.advance(COOKIE_IDLE_S - 60)
        assert (await browser.get("/api/v1/me")).status_code == 200
    clock.advance(COOKIE_IDLE_S + 60)
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_sessions_are_listed_and_can_be_ended_one_by_one(new_browser: NewBrowser, owner: Ada) -> None:
    here, there = await new_browser(), await new_browser()
    mine = await sign_in(here, owner)
    other = await sign_in(there, owner)
    listed = (await here.get("/api/v1/sessions")).json()["items"]
    assert sorted(one["current"] for one in listed) == [False, True]
    assert not any("hash" in name or "token" in name for one in listed for name in one)
    target = next(one["id"] for one in listed if not one["current"])
    headers = {"X-CSRF-Token": str(mine["csrf_token"])}
    assert (await here.delete(f"/api/v1/sessions/{target}", headers=headers)).status_code == 204
    assert not await works(there, other["access_token"])
    assert (await here.delete(f"/api/v1/sessions/{target}", headers=headers)).status_code == 404


async def test_nobody_ends_a_colleagues_session(new_browser: NewBrowser, timed: Core, owner: Ada) -> None:
    boss, colleague = await new_browser(), await new_browser()
    admin = await person(timed, owner.tenant, Role.ADMIN)
    await sign_in(colleague, admin)
    target = (await colleague.get("/api/v1/sessions")).json()["items"][0]["id"]
    token = (await sign_in(boss, owner))["access_token"]
    assert (await boss.delete(f"/api/v1/sessions/{target}", headers=bearer(token))).status_code == 404
    assert (await colleague.get("/api/v1/me")).status_code == 200


async def test_switching_the_tenant_moves_the_session(browser: httpx2.AsyncClient, owner: Ada) -> None:
    before = await sign_in(browser, owner)
    csrf = {"X-CSRF-Token": str(before["csrf_token"])}
    made = (await browser.post("/api/v1/tenants", json={"name": "Second loom"}, headers=csrf)).json()
    after = await browser.post("/api/v1/auth/tenant", json={"tenant_id": made["id"]}, headers=csrf)
    assert after.status_code == 200
    me = (await browser.get("/api/v1/me")).json()
    assert (me["tenant"]["name"], me["role"]) == ("Second loom", "owner")
    assert len(me["tenants"]) == 2
    assert not await works(browser, before["access_token"])


async def test_a_foreign_tenant_is_as_unknown_as_none(
    browser: httpx2.AsyncClient, owner: Ada, other_tenant: TestTenant
) -> None:
    csrf = {"X-CSRF-Token": str((await sign_in(browser, owner))["csrf_token"])}
    answers = [
        (await browser.post("/api/v1/auth/tenant", json={"tenant_id": tenant_id}, headers=csrf)).json()
        for tenant_id in (str(other_tenant.id), "018f4e1a-0000-7000-8000-0123456789ab")
    ]
    for answer in answers:
        answer.pop("trace_id")
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "tenant_not_found"


async def test_a_changed_password_ends_the_other_sessions_in_every_tenant(
    new_browser: NewBrowser, owner: Ada, clock: FakeClock
) -> None:
    first, second, third = [await new_browser() for _ in range(3)]
    await sign_in(second, owner)
    csrf = {"X-CSRF-Token": str((await sign_in(third, owner))["csrf_token"])}
    made = (await third.post("/api/v1/tenants", json={"name": "Elsewhere"}, headers=csrf)).json()
    assert (await third.post("/api/v1/auth/tenant", json={"tenant_id": made["id"]}, headers=csrf)).status_code == 200
    token = (await sign_in(first, owner))["access_token"]
    changed = await first.post(
        "/api/v1/me/password",
        json={"current_password": PASSWORD, "new_password": "another loom by day"},
        headers=bearer(token),
    )
    assert changed.status_code == 204
    assert await works(first, token)
    assert (await second.get("/api/v1/me")).status_code == 401
    assert (await third.get("/api/v1/me")).status_code == 401
    assert (await second.post("/api/v1/auth/login", json=owner.login)).status_code == 401
    fresh = {"email": owner.email, "password": "another loom by day"}
    assert (await second.post("/api/v1/auth/login", json=fresh)).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("not the password", "another loom by day", "password_wrong"),
        (PASSWORD, "tiny", "password_weak"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "password_weak"),
    ],
)
async def test_a_password_is_not_changed_to_or_by_a_wrong_one(
    browser: httpx2.AsyncClient, owner: Ada, current: str, new: str, code: str
) -> None:
    token = (await sign_in(browser, owner))["access_token"]
    body = {"current_password": current, "new_password": new}
    answer = await browser.post("/api/v1/me/password", json=body, headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert new not in answer.text
    assert (await browser.post("/api/v1/auth/login", json=owner.login)).status_code == 200


async def test_what_has_ended_is_purged_and_what_lives_stays(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, owner: Ada, timed: Core, clock: FakeClock
) -> None:
    await sign_in(browser, owner)
    clock.advance(SESSION_S + 10)
    token = (await sign_in(await new_browser(), owner))["refresh_token"]
    await purge(timed)
    async with timed.db.transaction(owner.tenant.scope) as session:
        assert await session.scalar(select(func.count()).select_from(Session)) == 1
        assert await session.scalar(select(func.count()).select_from(SessionToken)) == 3
    assert (await refresh(browser, token)).status_code == 200


async def test_tokens_are_stored_as_hashes_only(browser: httpx2.AsyncClient, owner: Ada, timed: Core) -> None:
    signed_in = await sign_in(browser, owner)
    async with timed.db.transaction(owner.tenant.scope) as session:
        stored = set(await session.scalars(select(SessionToken.hash)))
    texts = [str(signed_in[name]) for name in ("access_token", "refresh_token")]
    assert all(text.encode() not in stored for text in texts)
    assert sessions.digest(texts[0]) in stored
