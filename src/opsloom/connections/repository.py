"""Every query of connections. Row security already limits each to the session's tenant."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.service import Asset, AssetState, AssetVersion
from opsloom.connections.models import ConnectionTest, NamedSecret

_WAKE = text("select pg_notify('opsloom_assets', :payload)")
_SLUG = text("select slug from tenants where id = :id")


_NAMERS = text("""
    select a.id, a.slug, a.name, named.secret, bool_or(named.published) as published
    from assets a
    left join asset_versions v on v.tenant_id = a.tenant_id and v.asset_id = a.id and v.version = a.published_version
    cross join lateral (
        select jsonb_path_query(a.draft, cast(:path as jsonpath)) #>> '{}' as secret, false as published
        union all
        select jsonb_path_query(v.content, cast(:path as jsonpath)) #>> '{}', true
    ) named
    where a.kind = :kind and a.state <> 'archived'
    group by a.id, a.slug, a.name, named.secret
    order by a.slug, a.id
""")


async def namers_of_secrets(session: AsyncSession, kind: str, path: str) -> Sequence[Row[Any]]:
    """Live assets of a kind with each secret (`secret`) that the draft or the version in force (`published`) names."""
    return (await session.execute(_NAMERS, {"kind": kind, "path": path})).all()


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


async def asset(session: AsyncSession, kind: str, asset_id: UUID) -> Asset | None:
    """One connection, archived ones included."""
    query = select(Asset).where(Asset.kind == kind, Asset.id == asset_id)
    return (await session.execute(query)).scalar_one_or_none()


async def assets_after(
    session: AsyncSession, kind: str, *, limit: int, after: UUID | None, text: str | None, type_: str | None
) -> list[Asset]:
    """Connections, newest first, one more than `limit`."""
    query = select(Asset).where(Asset.kind == kind, Asset.state != AssetState.ARCHIVED)
    if after is not None:
        query = query.where(Asset.id < after)
    if text:
        query = query.where(Asset.name.icontains(text, autoescape=True) | Asset.slug.icontains(text, autoescape=True))
    if type_ is not None:
        query = query.where(Asset.draft["config"]["type"].astext == type_)
    return list((await session.execute(query.order_by(Asset.id.desc()).limit(limit + 1))).scalars())


async def contents(session: AsyncSession, kind: str) -> list[tuple[Asset, dict[str, Any] | None]]:
    """Every live connection with the content in force, if any is."""
    joined = tuple_(AssetVersion.tenant_id, AssetVersion.asset_id, AssetVersion.version) == tuple_(
        Asset.tenant_id, Asset.id, Asset.published_version
    )
    query = select(Asset, AssetVersion.content).outerjoin(AssetVersion, joined)
    rows = await session.execute(
        query.where(Asset.kind == kind, Asset.state != AssetState.ARCHIVED).order_by(Asset.slug)
    )
    return [(found, content) for found, content in rows.all()]
