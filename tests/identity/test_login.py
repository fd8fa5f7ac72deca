"""Signing in with a password, and what somebody who guesses learns: nothing."""

import asyncio

import httpx2
import pytest

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.identity import audit_log
from opsloom.identity.audit_log import Filter
from opsloom.identity.lockout import ACCOUNT, ADDRESS
from opsloom.identity.scope import NIL_TENANT, Scope
from opsloom.infra.core import Core

from .conftest import PASSWORD, Ada, NewBrowser, bearer, sign_in


async def guess(client: httpx2.AsyncClient, email: str, password: str = "not the password") -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"email": email, "password": password})


def told(answer: httpx2.Response) -> dict[str, object]:
    """What a guesser sees, less the trace id."""
    body = dict(answer.json())
    body.pop("trace_id")
    return {
        "status": answer.status_code,
        "body": body,
        "headers": sorted(set(answer.headers) - {"x-trace-id", "traceresponse"}),
    }


async def test_a_login_answers_tokens_and_sets_cookies(browser: httpx2.AsyncClient, owner: Ada) -> None:
    answer = await browser.post("/api/v1/auth/login", json=owner.login)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert body["tenant"] == {
        "id": str(owner.tenant.id),
        "name": f"Tenant {owner.tenant.slug}",
        "slug": owner.tenant.slug,
        "role": "owner",
    }
    cookies = answer.headers.get_list("set-cookie")
    session = next(text for text in cookies if text.startswith("opsloom_session="))
    csrf = next(text for text in cookies if text.startswith("opsloom_csrf="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "HttpOnly" not in csrf
    assert body["csrf_token"] in csrf
    assert answer.headers["cache-control"] == "no-store"


async def test_the_access_token_opens_the_api(browser: httpx2.AsyncClient, owner: Ada) -> None:
    token = (await sign_in(browser, owner))["access_token"]
    browser.cookies.clear()
    me = (await browser.get("/api/v1/me", headers=bearer(token))).json()
    assert me["user"]["email"] == owner.email
    assert me["role"] == "owner"
    assert "users.write" in me["permissions"]
    assert [one["id"] for one in me["tenants"]] == [str(owner.tenant.id)]


async def test_the_address_is_compared_without_case(browser: httpx2.AsyncClient, owner: Ada) -> None:
    answer = await browser.post("/api/v1/auth/login", json={"email": owner.email.upper(), "password": PASSWORD})
    assert answer.status_code == 200


async def test_an_unknown_account_and_a_wrong_password_answer_alike(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, owner: Ada, tenant: TestTenant
) -> None:
    wrong = told(await guess(browser, owner.email))
    unknown = told(await guess(await new_browser(), "nobody@nowhere.example"))
    without_password = told(await guess(await new_browser(), f"viewer@{tenant.slug}.example"))
    no_address = told(await guess(await new_browser(), "not an address"))
    elsewhere = told(
        await (await new_browser()).post(
            "/api/v1/auth/login", json=owner.login | {"tenant_id": "018f4e1a-0000-7000-8000-0123456789ab"}
        )
    )
    assert wrong["status"] == 401
    assert wrong["body"]["code"] == "login_failed"  # type: ignore[index]
    assert wrong == unknown == without_password == no_address == elsewhere


async def test_an_inactive_member_is_told_what_a_stranger_is_told(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, owner: Ada, tenant: TestTenant
) -> None:
    created = await browser.post(
        "/api/v1/users",
        json={"email": "gone@x.example", "name": "Gone", "password": PASSWORD, "role": "viewer"},
        headers=tenant.headers,
    )
    await browser.patch(f"/api/v1/users/{created.json()['id']}", json={"active": False}, headers=tenant.headers)
    gone = await guess(await new_browser(), "gone@x.example", PASSWORD)
    assert told(gone) == told(await guess(await new_browser(), "nobody@nowhere.example"))


async def test_guessing_is_slowed_down_alike_for_known_and_unknown_accounts(
    new_browser: NewBrowser, owner: Ada
) -> None:
    known, unknown = await new_browser(), await new_browser()
    for _ in range(ACCOUNT.free + 1):
        assert (await guess(known, owner.email)).status_code == 401
        assert (await guess(unknown, "nobody-at-all@nowhere.example")).status_code == 401
    first, second = await guess(known, owner.email), await guess(unknown, "nobody-at-all@nowhere.example")
    assert first.status_code == 429
    assert first.headers["retry-after"] == "1"
    assert told(first) == told(second)


async def test_the_right_password_waits_too_and_then_opens(
    new_browser: NewBrowser, owner: Ada, clock: FakeClock
) -> None:
    for _ in range(ACCOUNT.free + 1):
        await guess(await new_browser(), owner.email)
    browser = await new_browser()
    assert (await browser.post("/api/v1/auth/login", json=owner.login)).status_code == 429
    clock.advance(1.1)
    assert (await browser.post("/api/v1/auth/login", json=owner.login)).status_code == 200
    # The success has wiped the slate: guesses are free again.
    assert (await guess(await new_browser(), owner.email)).status_code == 401
    assert (await guess(await new_browser(), owner.email)).status_code == 401


async def test_an_account_locks_whatever_addresses_the_guesses_come_from(
    new_browser: NewBrowser, owner: Ada, clock: FakeClock
) -> None:
    for _ in range(ACCOUNT.lock_after):
        clock.advance(120)
        assert (await guess(await new_browser(), owner.email)).status_code == 401
    locked = await (await new_browser()).post("/api/v1/auth/login", json=owner.login)
    assert locked.status_code == 429
    assert 800 < int(locked.headers["retry-after"]) <= 900
    clock.advance(ACCOUNT.lock_s + 1)
    assert (await (await new_browser()).post("/api/v1/auth/login", json=owner.login)).status_code == 200


async def test_one_address_that_tries_many_accounts_is_slowed_down(browser: httpx2.AsyncClient) -> None:
    statuses = [(await guess(browser, f"person-{n}@spray.example")).status_code for n in range(ADDRESS.free + 2)]
    assert statuses == [401] * (ADDRESS.free + 1) + [429]


async def test_guesses_sent_at_once_are_all_counted(new_browser: NewBrowser, owner: Ada) -> None:
    browsers = [await new_browser() for _ in range(25)]
    answers = await asyncio.gather(*(guess(one, owner.email) for one in browsers))
    looked_at = sum(answer.status_code == 401 for answer in answers)
    assert looked_at == ACCOUNT.free + 1


async def test_an_unknown_account_costs_the_same_slow_hash(
    new_browser: NewBrowser, owner: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is nearly all of the work, so its count is what a stopwatch would see."""
    from opsloom.identity import passwords

    hashed: list[str] = []
    inner = passwords._HASHER.verify

    class Counting:
        hash = staticmethod(passwords._HASHER.hash)

        def verify(self, password: str, stored: str) -> bool:
            hashed.append(stored)
            return inner(password, stored)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    await guess(await new_browser(), owner.email)
    assert len(hashed) == 1
    await guess(await new_browser(), "nobody@nowhere.example")
    assert len(hashed) == 2
    assert hashed[0].split("$")[:4] == hashed[1].split("$")[:4]


async def test_a_failed_login_is_in_the_log_of_the_accounts_tenant(
    browser: httpx2.AsyncClient, owner: Ada, tenant: TestTenant
) -> None:
    await guess(browser, owner.email)
    page = (await browser.get("/api/v1/audit?action=login.failed", headers=tenant.headers)).json()
    assert [one["target"]["kind"] for one in page["items"]] == ["user"]
    assert page["items"][0]["actor"]["name"] == "anonymous"


async def test_a_login_to_an_unknown_account_is_in_the_servers_own_log(browser: httpx2.AsyncClient, core: Core) -> None:
    await guess(browser, "stranger@nowhere.example")
    scope = Scope.claimed(NIL_TENANT)
    async with core.db.transaction(scope) as session:
        found = await audit_log.entries(session, scope, Filter(action="login.failed"), before_seq=None, limit=1)
        assert (await audit_log.verify(session, scope)).intact
    assert found[0].target_kind == "account"
    assert "stranger" not in found[0].target_id + found[0].detail


async def test_two_tenants_may_each_have_an_account_for_one_address(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    """Neither password opens the other's tenant: an administrator who knows the first password gains nothing."""
    body = {"email": "shared@x.example", "name": "Shared", "role": "admin"}
    for where, password in ((tenant, "password of the first"), (other_tenant, "password of the second")):
        answer = await browser.post("/api/v1/users", json=body | {"password": password}, headers=where.headers)
        assert answer.status_code == 201
    first = await guess(await new_browser(), "shared@x.example", "password of the first")
    second = await guess(await new_browser(), "shared@x.example", "password of the second")
    assert first.json()["tenant"]["id"] == str(tenant.id)
    assert second.json()["tenant"]["id"] == str(other_tenant.id)


async def test_other_requests_are_answered_while_passwords_are_hashed(new_browser: NewBrowser, owner: Ada) -> None:
    """Hashing runs beside the loop: during a flood of log-ins a cheap request is answered before the flood is over."""
    flood = [asyncio.ensure_future(guess(await new_browser(), f"n{n}@flood.example")) for n in range(12)]
    await asyncio.sleep(0)
    cheap = await new_browser()
    assert (await cheap.get("/api/v1/setup")).status_code == 200
    assert not all(one.done() for one in flood)
    assert {(await one).status_code for one in flood} == {401}
