"""What PostgreSQL itself shows of people, whatever the code above it asks."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from fixtures.tenants import TestTenant
from opsloom.identity.claims import claim_login, claim_user, inside_tenant
from opsloom.identity.models import ApiKey, AuditEntry, AuditHead, Membership, Session, SessionToken, Tenant, User
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

from .conftest import Ada, NewBrowser, sign_in


@pytest.mark.parametrize("model", [User, Membership, Session, SessionToken, ApiKey])
async def test_outside_every_tenant_nobody_is_seen(core: Core, tenant: TestTenant, model: type) -> None:
    for scope in (None, Scope.outside()):
        async with core.db.transaction(scope) as session:
            assert await session.scalar(select(func.count()).select_from(model)) == 0


@pytest.mark.parametrize("model", [Membership, ApiKey, Session, SessionToken, AuditEntry, AuditHead])
async def test_a_tenant_sees_its_own_rows_only(
    core: Core, owner: Ada, new_browser: NewBrowser, tenant: TestTenant, other_tenant: TestTenant, model: type
) -> None:
    await sign_in(await new_browser(), owner)
    async with core.db.transaction(tenant.scope) as session:
        assert set(await session.scalars(select(model.tenant_id))) == {tenant.id}
    async with core.db.transaction(other_tenant.scope) as session:
        query = select(func.count()).select_from(model).where(model.tenant_id == tenant.id)
        assert await session.scalar(query) == 0


async def test_a_tenant_sees_the_accounts_of_its_members_only(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        assert set(await session.scalars(select(User.id))) == set(tenant.user_ids.values())


async def test_a_login_sees_the_accounts_of_its_address_and_nothing_else(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(Scope.outside()) as session:
        await claim_login(session, f"viewer@{tenant.slug}.example")
        assert list(await session.scalars(select(User.id))) == [tenant.user_ids[Role.VIEWER]]
        assert await session.scalar(select(func.count()).select_from(Membership)) == 0


async def test_a_user_sees_his_memberships_and_not_his_colleagues(core: Core, tenant: TestTenant) -> None:
    async with core.db.transaction(Scope.outside()) as session:
        await claim_user(session, tenant.user_ids[Role.VIEWER])
        found = list(await session.scalars(select(Membership)))
    assert [(one.tenant_id, one.user_id) for one in found] == [(tenant.id, tenant.user_ids[Role.VIEWER])]


async def test_a_claim_ends_with_its_transaction(core: Core, tenant: TestTenant) -> None:
    for _ in range(12):  # more than the pool has connections
        async with core.db.transaction(Scope.outside()) as session:
            assert await session.scalar(select(func.count()).select_from(User)) == 0
            await claim_user(session, tenant.user_ids[Role.VIEWER])
            await claim_login(session, f"owner@{tenant.slug}.example")
            assert await session.scalar(select(func.count()).select_from(User)) == 2


async def test_nobody_changes_an_account_but_its_user(core: Core, tenant: TestTenant) -> None:
    """So no administrator's request can set a colleague's password, even if the code above had a hole."""
    victim = tenant.user_ids[Role.OWNER]
    for scope, changed in ((tenant.scope, 0), (Scope.outside(), 0)):
        async with core.db.transaction(scope) as session:
            done = await session.execute(update(User).where(User.id == victim).values(password_hash="x"))
            assert done.rowcount == changed  # type: ignore[attr-defined]
    async with core.db.transaction(tenant.scope) as session:
        await claim_user(session, victim)
        done = await session.execute(update(User).where(User.id == victim).values(name="Owner"))
        assert done.rowcount == 1  # type: ignore[attr-defined]


async def test_nobody_puts_himself_into_another_tenant(
    core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    row = Membership(
        tenant_id=other_tenant.id,
        user_id=tenant.user_ids[Role.VIEWER],
        email="x@x.example",
        name="x",
        role="owner",
        active=True,
        created_at=core.clock.now(),
    )

    async def put(scope: Scope) -> None:
        async with core.db.transaction(scope) as session:
            await claim_user(session, row.user_id)
            await session.merge(row)

    for scope in (tenant.scope, Scope.outside()):
        with pytest.raises(DBAPIError, match="row-level security"):
            await put(scope)


async def test_a_tenant_renames_itself_only(core: Core, tenant: TestTenant, other_tenant: TestTenant) -> None:
    async with core.db.transaction(tenant.scope) as session:
        done = await session.execute(update(Tenant).values(name="Renamed"))
        assert done.rowcount == 1  # type: ignore[attr-defined]


async def test_entering_another_tenant_ends_with_its_block(
    core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        async with inside_tenant(session, other_tenant.id):
            assert set(await session.scalars(select(Membership.tenant_id))) == {other_tenant.id}
        assert set(await session.scalars(select(Membership.tenant_id))) == {tenant.id}
