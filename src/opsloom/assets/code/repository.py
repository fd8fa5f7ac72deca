"""Every query of assets as code. Rows are read as columns, never as objects: what the registry reads again while it changes an
asset must be what is there then."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Text, and_, cast, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.code.document import Ref
from opsloom.assets.code.models import AppliedAsset
from opsloom.assets.models import Asset, AssetLink, AssetState, AssetVersion

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('opsloom.as_code:' || :tenant, 0))")
_WAKE = text("select pg_notify('opsloom_assets', :payload)")
_AT_ONCE = 1_000
_IN_FORCE = and_(AssetVersion.asset_id == Asset.id, AssetVersion.version == Asset.published_version)
_STATES = select(
    Asset.id,
    Asset.kind,
    Asset.slug,
    Asset.name,
    Asset.description,
    Asset.tags,
    Asset.state,
    Asset.protected,
    Asset.draft,
    Asset.draft_hash,
    Asset.draft_revision,
    Asset.updated_at,
    Asset.updated_by,
    Asset.published_hash,
    AssetVersion.name.label("published_name"),
    AssetVersion.content.label("published_content"),
).outerjoin(AssetVersion, _IN_FORCE)


@dataclass(frozen=True)
class Chosen:
    """Which assets to export; an empty choice means all."""

    kinds: Collection[str]
    keys: Collection[str] = ()
    tags: Collection[str] = ()


async def one_at_a_time(session: AsyncSession, tenant_id: UUID) -> None:
    """Wait until no other transaction applies files to the tenant."""
    await session.execute(_ONE_AT_A_TIME, {"tenant": str(tenant_id)})


async def live(session: AsyncSession, refs: Collection[Ref], *, lock: bool) -> Sequence[Row[Any]]:
    """The live assets among these with what is in force; `lock` keeps others from changing them until the transaction ends."""
    query = _STATES.where(_is_one_of(refs), Asset.state != AssetState.ARCHIVED).order_by(Asset.id)
    return (await session.execute(query.with_for_update(of=Asset) if lock else query)).all()


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """These assets, archived ones too."""
    return (await session.execute(_STATES.where(Asset.id.in_(list(ids))))).all() if ids else []


async def published_among(session: AsyncSession, refs: Collection[Ref]) -> dict[Ref, bool]:
    """Which of these there are, and whether they are published."""
    if not refs:
        return {}
    query = select(Asset.kind, Asset.slug, Asset.state).where(_is_one_of(refs), Asset.state != AssetState.ARCHIVED)
    return {(row.kind, row.slug): row.state == AssetState.PUBLISHED for row in await session.execute(query)}


async def chosen(session: AsyncSession, choice: Chosen) -> Sequence[Row[Any]]:
    """Live assets to export, by kind and key; those of Opsloom itself are everywhere already."""
    query = _STATES.where(
        Asset.kind.in_(list(choice.kinds)), Asset.state != AssetState.ARCHIVED, Asset.protected.is_(False)
    )
    if choice.keys:
        query = query.where(Asset.slug.in_(list(choice.keys)))
    if choice.tags:
        query = query.where(Asset.tags.overlap(cast(list(choice.tags), ARRAY(Text))))
    return (await session.execute(query.order_by(Asset.kind, Asset.slug))).all()


async def applied(session: AsyncSession, refs: Collection[Ref], source: str) -> Sequence[AppliedAsset]:
    """What files said when they were applied last: about these assets, and about whatever the source brought."""
    columns = tuple_(AppliedAsset.kind, AppliedAsset.key)
    of_refs = select(AppliedAsset).where(columns.in_(_pairs(refs)))
    of_source = select(AppliedAsset).where(AppliedAsset.source == source)
    found = {(row.kind, row.key): row for query in (of_refs, of_source) for row in await session.scalars(query)}
    return list(found.values())


async def users_among(session: AsyncSession, ids: Collection[UUID]) -> list[tuple[UUID, Ref]]:
    """What the versions in force of these assets use."""
    in_force = and_(AssetLink.source_id == Asset.id, AssetLink.version == Asset.published_version)
    query = select(Asset.id, AssetLink.target_kind, AssetLink.target_key).join(AssetLink, in_force)
    rows = await session.execute(query.where(Asset.id.in_(list(ids)))) if ids else ()
    return [(row.id, (row.target_kind, row.target_key)) for row in rows]


async def remember(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    """Note what files said."""
    for start in range(0, len(rows), _AT_ONCE):
        statement = insert(AppliedAsset).values([dict(row) for row in rows[start : start + _AT_ONCE]])
        new = {name: statement.excluded[name] for name in rows[0] if name not in {"tenant_id", "kind", "key"}}
        await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "kind", "key"], set_=new))


async def forget(session: AsyncSession, refs: Collection[Ref]) -> None:
    """Files no longer bring these."""
    if refs:
        await session.execute(delete(AppliedAsset).where(tuple_(AppliedAsset.kind, AppliedAsset.key).in_(_pairs(refs))))


async def wake(session: AsyncSession, tenant_id: UUID, kinds: Iterable[str]) -> None:
    """Tell every process that keeps published assets of these kinds in memory."""
    for kind in sorted(kinds):
        await session.execute(_WAKE, {"payload": f"{tenant_id}:{kind}"})


def _is_one_of(refs: Collection[Ref]) -> ColumnElement[bool]:
    return tuple_(Asset.kind, Asset.slug).in_(_pairs(refs))


def _pairs(refs: Iterable[Ref]) -> Select[Any]:
    """Two arrays instead of one bound value for each name: there may be more names than a statement takes values."""
    pairs = sorted(set(refs))
    kinds, keys = [kind for kind, _ in pairs], [key for _, key in pairs]
    return select(func.unnest(cast(kinds, ARRAY(Text))), func.unnest(cast(keys, ARRAY(Text))))
