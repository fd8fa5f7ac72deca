"""Every query of connections. Row security already limits each to the session's tenant."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.connections.models import ConnectionTest, NamedSecret

_WAKE = text("select pg_notify('opsloom_assets', :payload)")
_SLUG = text("select slug from tenants where id = :id")


async def secret(session: AsyncSession, name: str, *, lock: bool = False) -> NamedSecret | None:
    """One secret of the vault."""
    query = select(NamedSecret).where(NamedSecret.name == name)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def secrets_named(session: AsyncSession, names: Collection[str]) -> list[NamedSecret]:
    """Those that exist of the named ones."""
    query = select(NamedSecret).where(NamedSecret.name.in_(names)).order_by(NamedSecret.name)
    return list((await session.execute(query)).scalars())


async def secrets_after(session: AsyncSession, *, limit: int, after: str | None, text: str | None) -> list[NamedSecret]:
    """By name, one more than `limit`."""
    query = select(NamedSecret).order_by(NamedSecret.name).limit(limit + 1)
    if after is not None:
        query = query.where(NamedSecret.name > after)
    if text:
        query = query.where(NamedSecret.name.icontains(text, autoescape=True))
    return list((await session.execute(query)).scalars())


async def forget_secret(session: AsyncSession, name: str) -> bool:
    """Whether there was one."""
    gone = await session.execute(delete(NamedSecret).where(NamedSecret.name == name).returning(NamedSecret.name))
    return gone.scalar_one_or_none() is not None


async def wake(session: AsyncSession, tenant_id: UUID) -> None:
    """Tell every process that what the tenant's connections rest on has changed."""
    await session.execute(_WAKE, {"payload": f"{tenant_id}:connection"})


async def slug_of_tenant(session: AsyncSession, tenant_id: UUID) -> str:
    """The tenant's short name, which its folder of files has."""
    return str((await session.execute(_SLUG, {"id": tenant_id})).scalar_one())


async def keep_test(session: AsyncSession, values: dict[str, Any]) -> None:
    """The last test of a connection takes the place of the one before."""
    statement = insert(ConnectionTest).values(values)
    changed = {name: statement.excluded[name] for name in ("ok", "steps", "tested_at", "tested_by")}
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "asset_id"], set_=changed))


async def tests_of(session: AsyncSession, asset_ids: Sequence[UUID]) -> dict[UUID, ConnectionTest]:
    """The last test of each of these that was ever tested."""
    query = select(ConnectionTest).where(ConnectionTest.asset_id.in_(asset_ids))
    return {row.asset_id: row for row in (await session.execute(query)).scalars()}


async def every_secret(session: AsyncSession) -> list[NamedSecret]:
    """All secrets of the tenant, held until the transaction ends."""
    return list((await session.execute(select(NamedSecret).order_by(NamedSecret.name).with_for_update())).scalars())
