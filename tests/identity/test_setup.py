"""The first start, on a database that nobody has used."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import psycopg
import pytest
import pytest_asyncio

from fakes.clock import FakeClock
from opsloom.identity import setup
from opsloom.identity.errors import PasswordWeak
from opsloom.identity.lockout import ADDRESS
from opsloom.identity.setup import FirstTenant
from opsloom.infra.core import Core
from opsloom.infra.db import Database, bootstrap, migrate
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import EmbeddedPostgres

from .conftest import PASSWORD, NewBrowser, bearer

OF_IDENTITY = "tenants, users, memberships, sessions, session_tokens, api_keys, login_attempts, setup_tokens"
FORM = {"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada", "tenant_name": "Ada's Looms"}


@pytest.fixture(scope="module")
def fresh_owner(postgres: EmbeddedPostgres) -> Dsn:
    owner = bootstrap.bootstrap_embedded(postgres.dsn, "setup_tests")
    migrate.upgrade(owner)
    return owner


@pytest_asyncio.fixture
async def timed(core: Core, fresh_owner: Dsn, clock: FakeClock) -> AsyncIterator[Core]:
    """The process on an installation where nothing exists yet."""
    with psycopg.connect(**fresh_owner.psycopg()) as connection:
        connection.execute(f"truncate {OF_IDENTITY}, audit_entries, audit_heads cascade")
    db = Database(fresh_owner.as_role(bootstrap.APP), pool_size=5)
    await db.open()
    yield replace(core, db=db, clock=clock, parts={})
    await db.close()


async def test_set_up_makes_the_tenant_and_signs_its_owner_in(timed: Core, browser: httpx2.AsyncClient) -> None:
    token = await setup.ensure_token(timed.db, timed.clock)
    assert (await browser.get("/api/v1/setup")).json() == {"needed": True}
    answer = await browser.post("/api/v1/setup", json=FORM | {"token": token})
    assert answer.status_code == 201
    assert answer.json()["tenant"]["slug"] == "ada-s-looms"
    me = (await browser.get("/api/v1/me")).json()
    assert (me["user"]["email"], me["role"]) == ("ada@example.com", "owner")
    assert (await browser.get("/api/v1/setup")).json() == {"needed": False}
    log = (await browser.get("/api/v1/audit", headers=bearer(answer.json()["access_token"]))).json()["items"]
    assert [one["action"] for one in reversed(log)] == ["tenant.created", "user.created", "session.started"]
    login = {"email": "ada@example.com", "password": PASSWORD}
    assert (await browser.post("/api/v1/auth/login", json=login)).status_code == 200


async def test_the_token_works_once_and_none_is_made_afterwards(timed: Core, browser: httpx2.AsyncClient) -> None:
    token = await setup.ensure_token(timed.db, timed.clock)
    assert (await browser.post("/api/v1/setup", json=FORM | {"token": token})).status_code == 201
    again = await browser.post("/api/v1/setup", json=FORM | {"token": token})
    assert (again.status_code, again.json()["code"]) == (409, "setup_already_done")
    assert await setup.ensure_token(timed.db, timed.clock) is None


async def test_set_ups_at_once_make_one_tenant(timed: Core, new_browser: NewBrowser) -> None:
    tokens = [await setup.ensure_token(timed.db, timed.clock) for _ in range(4)]
    browsers = [await new_browser() for _ in tokens]
    answers = await asyncio.gather(
        *(one.post("/api/v1/setup", json=FORM | {"token": token}) for one, token in zip(browsers, tokens, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_wrong_token_is_refused_and_guessing_is_slowed_down(timed: Core, browser: httpx2.AsyncClient) -> None:
    await setup.ensure_token(timed.db, timed.clock)
    statuses = [
        (await browser.post("/api/v1/setup", json=FORM | {"token": f"olu_{n}"})).status_code
        for n in range(ADDRESS.free + 2)
    ]
    assert statuses == [403] * (ADDRESS.free + 1) + [429]
    assert (await browser.get("/api/v1/setup")).json() == {"needed": True}


async def test_an_old_token_is_refused(timed: Core, clock: FakeClock, browser: httpx2.AsyncClient) -> None:
    token = await setup.ensure_token(timed.db, timed.clock)
    clock.advance(7 * 24 * 3600 + 1)
    answer = await browser.post("/api/v1/setup", json=FORM | {"token": token})
    assert (answer.status_code, answer.json()["code"]) == (403, "setup_token_invalid")


async def test_a_weak_password_costs_no_token(timed: Core, browser: httpx2.AsyncClient) -> None:
    token = await setup.ensure_token(timed.db, timed.clock)
    weak = await browser.post("/api/v1/setup", json=FORM | {"token": token, "password": "short"})
    assert (weak.status_code, weak.json()["code"]) == (422, "password_weak")
    assert (await browser.post("/api/v1/setup", json=FORM | {"token": token})).status_code == 201


async def test_an_administrator_is_created_unattended_once(timed: Core, browser: httpx2.AsyncClient) -> None:
    first = FirstTenant("Looms", "Admin@Example.com", "Admin", PASSWORD)
    assert await setup.ensure_admin(timed.db, timed.clock, first)
    assert not await setup.ensure_admin(timed.db, timed.clock, first)
    assert (await browser.get("/api/v1/setup")).json() == {"needed": False}
    login = {"email": "admin@example.com", "password": PASSWORD}
    assert (await browser.post("/api/v1/auth/login", json=login)).json()["tenant"]["role"] == "owner"


async def test_an_unattended_administrator_needs_a_good_password(timed: Core) -> None:
    with pytest.raises(PasswordWeak):
        await setup.ensure_admin(timed.db, timed.clock, FirstTenant("L", "a@example.com", "A", "a@example.com"))


async def test_the_operator_adds_a_tenant_with_its_owner(timed: Core, browser: httpx2.AsyncClient) -> None:
    first = FirstTenant("Looms", "admin@example.com", "Admin", PASSWORD)
    await setup.ensure_admin(timed.db, timed.clock, first)
    place = await setup.add_tenant(timed, FirstTenant("Looms", "bea@example.com", "Bea", PASSWORD))
    assert place.tenant_slug.startswith("looms-")
    signed_in = (
        await browser.post("/api/v1/auth/login", json={"email": "bea@example.com", "password": PASSWORD})
    ).json()
    assert signed_in["tenant"]["id"] == str(place.tenant_id)
    log = (await browser.get("/api/v1/audit", headers=bearer(signed_in["access_token"]))).json()["items"]
    assert [one["action"] for one in reversed(log)] == ["tenant.created", "user.created", "session.started"]
