"""The audit log: one entry for each committed action, none for a rolled-back one, and no way to rewrite it unseen."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import httpx2
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fixtures.tenants import TestTenant
from opsloom.identity import audit, audit_log
from opsloom.identity.audit_log import Break, Filter, Verification
from opsloom.identity.models import AuditEntry
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn


async def note(core: Core, scope: Scope, *targets: object) -> None:
    async with core.db.transaction(scope) as session:
        for target in targets:
            await audit.record(session, scope, "thing.changed", "thing", target, {"size": 1.5, "이름": "값"})


async def read(core: Core, scope: Scope, wanted: Filter | None = None) -> list[AuditEntry]:
    async with core.db.transaction(scope) as session:
        found = await audit_log.entries(session, scope, wanted or Filter(), before_seq=None, limit=1000)
    return list(reversed(found))


async def check(core: Core, scope: Scope) -> Verification:
    async with core.db.transaction(scope) as session:
        return await audit_log.verify(session, scope)


def tamper(owner_dsn: Dsn, tenant: TestTenant, *statements: str) -> None:
    """As the owner of the tables, who is the only one that could."""
    with psycopg.connect(**owner_dsn.psycopg()) as connection:
        connection.execute("select set_config('opsloom.tenant', %s, true)", (str(tenant.id),))
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount >= 1


async def test_entries_follow_each_other(core: Core, tenant: TestTenant) -> None:
    await note(core, tenant.scope, "a", "b")
    await note(core, tenant.scope, "c")
    found = await read(core, tenant.scope)
    assert [(one.seq, one.target_id) for one in found] == [(1, "a"), (2, "b"), (3, "c")]
    assert [one.prev_hash for one in found[1:]] == [one.hash for one in found[:-1]]
    assert await check(core, tenant.scope) == Verification(3)


async def test_a_tenant_with_no_entries_is_intact(core: Core, tenant: TestTenant) -> None:
    assert await check(core, tenant.scope) == Verification(0)


async def test_what_is_rolled_back_leaves_no_entry(core: Core, tenant: TestTenant) -> None:
    with suppress(ZeroDivisionError):
        async with core.db.transaction(tenant.scope) as session:
            await audit.record(session, tenant.scope, "thing.changed", "thing", "a")
            raise ZeroDivisionError
    assert await read(core, tenant.scope) == []


async def test_a_rolled_back_savepoint_takes_its_entries_along_and_no_others(core: Core, tenant: TestTenant) -> None:
    scope = tenant.scope
    async with core.db.transaction(scope) as session:
        await audit.record(session, scope, "thing.changed", "thing", "before")
        with suppress(ZeroDivisionError):
            async with session.begin_nested():
                await audit.record(session, scope, "thing.changed", "thing", "outer savepoint")
                async with session.begin_nested():
                    await audit.record(session, scope, "thing.changed", "thing", "inner savepoint")
                raise ZeroDivisionError
        async with session.begin_nested():
            await audit.record(session, scope, "thing.changed", "thing", "kept savepoint")
        await audit.record(session, scope, "thing.changed", "thing", "after")
    assert [one.target_id for one in await read(core, scope)] == ["before", "kept savepoint", "after"]
    assert (await check(core, scope)).intact


async def test_many_writers_at_once_make_one_chain(core: Core, tenant: TestTenant) -> None:
    await asyncio.gather(*(note(core, tenant.scope, n, n) for n in range(40)))
    assert [one.seq for one in await read(core, tenant.scope)] == list(range(1, 81))
    assert await check(core, tenant.scope) == Verification(80)


async def test_writers_to_two_tenants_in_opposite_order_do_not_wait_for_each_other(
    core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    async def both(first: Scope, second: Scope) -> None:
        async with core.db.transaction(first) as session:
            await audit.record(session, first, "thing.changed", "thing", "x")
            await audit.record(session, second, "thing.changed", "thing", "x")

    pair = (tenant.scope, other_tenant.scope)
    await asyncio.gather(*(both(*(pair if n % 2 else pair[::-1])) for n in range(20)))
    for scope in pair:
        assert await check(core, scope) == Verification(20)


@pytest.mark.parametrize(
    ("statement", "broken", "reason"),
    [
        ("update audit_entries set actor_name = 'somebody else' where seq = 3", 3, Break.CHANGED),
        ("update audit_entries set detail = '{}' where seq = 1", 1, Break.CHANGED),
        ("update audit_entries set at = at + interval '1 microsecond' where seq = 5", 5, Break.CHANGED),
        ("update audit_entries set hash = sha256('x') where seq = 2", 2, Break.CHANGED),
        ("update audit_entries set prev_hash = sha256('x') where seq = 2", 2, Break.UNLINKED),
        ("delete from audit_entries where seq = 2", 3, Break.MISSING),
        ("delete from audit_entries where seq = 1", 2, Break.MISSING),
        ("delete from audit_entries where seq = 5", 5, Break.CUT),
        ("delete from audit_heads", 6, Break.CUT),
        ("update audit_heads set hash = sha256('x')", 6, Break.CUT),
    ],
)
async def test_tampering_is_found_and_placed(
    core: Core, owner_dsn: Dsn, tenant: TestTenant, statement: str, broken: int, reason: Break
) -> None:
    await note(core, tenant.scope, *range(5))
    tamper(owner_dsn, tenant, statement)
    found = await check(core, tenant.scope)
    assert (found.intact, found.broken_seq, found.reason) == (False, broken, reason)


async def test_swapping_two_entries_is_found(core: Core, owner_dsn: Dsn, tenant: TestTenant) -> None:
    await note(core, tenant.scope, *range(4))
    tamper(
        owner_dsn,
        tenant,
        "update audit_entries set seq = 100 where seq = 2",
        "update audit_entries set seq = 2 where seq = 3",
        "update audit_entries set seq = 3 where seq = 100",
    )
    assert (await check(core, tenant.scope)).broken_seq == 2


async def test_a_long_chain_is_checked_in_pieces(
    core: Core, owner_dsn: Dsn, tenant: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "_BATCH", 3)
    await note(core, tenant.scope, *range(9))
    assert await check(core, tenant.scope) == Verification(9)
    tamper(owner_dsn, tenant, "update audit_entries set target_id = 'x' where seq = 8")
    assert (await check(core, tenant.scope)).broken_seq == 8


@pytest.mark.parametrize("statement", ["update audit_entries set action = 'x'", "delete from audit_entries"])
async def test_the_server_itself_cannot_rewrite_the_log(core: Core, tenant: TestTenant, statement: str) -> None:
    await note(core, tenant.scope, 1)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with core.db.transaction(tenant.scope) as session:
            await session.execute(text(statement))


async def test_text_that_the_database_cannot_hold_is_written_cleaned(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await audit.record(session, tenant.scope, "thing.changed", "thing", "a\x00b\ud800", {"k\x00": "\ud800\x00"})
    assert (await read(core, tenant.scope))[0].target_id == "a\ufffdb?"
    assert (await check(core, tenant.scope)).intact


async def test_the_list_filters_and_pages(core: Core, browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    await note(core, tenant.scope, *range(5))
    await browser.post("/api/v1/keys", json={"name": "k", "scopes": ["ask.use"]}, headers=tenant.headers)

    async def listed(**params: str) -> list[tuple[int, str]]:
        answer = await browser.get("/api/v1/audit", params=params, headers=tenant.headers)
        assert answer.status_code == 200, answer.text
        return [(one["seq"], one["action"]) for one in answer.json()["items"]]

    assert [seq for seq, _ in await listed()] == [6, 5, 4, 3, 2, 1]
    assert await listed(action="key.created") == [(6, "key.created")]
    assert await listed(target_kind="thing", target_id="3") == [(4, "thing.changed")]
    assert await listed(to="2020-01-01T00:00:00Z") == []
    assert (
        len(await listed(**{"from": "2020-01-01T00:00:00Z", "to": datetime(2100, 1, 1, tzinfo=UTC).isoformat()})) == 6
    )
    me = (await browser.get("/api/v1/audit", params={"action": "key.created"}, headers=tenant.headers)).json()
    actor = me["items"][0]["actor"]
    assert actor["kind"] == "key"
    assert await listed(actor=actor["id"]) == [(6, "key.created")]
    page = (await browser.get("/api/v1/audit?limit=4", headers=tenant.headers)).json()
    rest = await listed(cursor=page["next_cursor"])
    assert [seq for seq, _ in rest] == [2, 1]


async def test_verification_over_http_names_the_broken_entry(
    core: Core, owner_dsn: Dsn, browser: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    await note(core, tenant.scope, *range(3))
    answer = await browser.get("/api/v1/audit/verification", headers=tenant.headers)
    assert answer.json() == {"intact": True, "entries": 3, "broken_seq": None, "reason": None}
    tamper(owner_dsn, tenant, "update audit_entries set action = 'x' where seq = 2")
    found = (await browser.get("/api/v1/audit/verification", headers=tenant.headers)).json()
    assert (found["intact"], found["entries"], found["broken_seq"]) == (False, 1, 2)


async def test_one_tenants_log_is_not_anothers(
    core: Core, browser: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    await note(core, tenant.scope, "canary")
    assert (await browser.get("/api/v1/audit", headers=other_tenant.headers)).json()["items"] == []
    assert (await browser.get("/api/v1/audit", headers=tenant.as_role(Role.BUILDER))).status_code == 403


async def test_every_mutation_over_http_leaves_its_entry(browser: httpx2.AsyncClient, tenant: TestTenant) -> None:
    headers = tenant.headers
    user = (
        await browser.post(
            "/api/v1/users",
            json={"email": "a@x.example", "name": "A", "password": "a long password", "role": "viewer"},
            headers=headers,
        )
    ).json()["id"]
    await browser.patch(f"/api/v1/users/{user}", json={"role": "operator"}, headers=headers)
    await browser.patch(f"/api/v1/users/{user}", json={"role": "operator"}, headers=headers)  # changes nothing
    await browser.delete(f"/api/v1/users/{user}", headers=headers)
    key = (await browser.post("/api/v1/keys", json={"name": "k", "scopes": ["ask.use"]}, headers=headers)).json()["id"]
    await browser.delete(f"/api/v1/keys/{key}", headers=headers)
    await browser.delete(f"/api/v1/keys/{key}", headers=headers)  # again changes nothing
    await browser.post("/api/v1/tenants", json={"name": "T"}, headers=headers)
    items = (await browser.get("/api/v1/audit", headers=headers)).json()["items"]
    assert [one["action"] for one in reversed(items)] == [
        "user.created",
        "user.changed",
        "user.removed",
        "key.created",
        "key.revoked",
        "tenant.created",
    ]
    changed = next(one for one in items if one["action"] == "user.changed")
    assert changed["detail"] == {"role": {"from": "viewer", "to": "operator"}}
    assert all(len(one["trace_id"]) == 32 for one in items)
