"""Every query of items, relations and series. Row security already limits each to the session's tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, bindparam, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from opsloom.inventory.models import ConfigurationItem, DemoWorld, MetricSeries, Relation

_LAST_VALUES = text(
    """
select s.id, s.metric, s.unit, s.labels, last.time, last.value
from metric_series s
left join lateral (
    select m.time, m.value from metric_samples m
    where m.tenant_id = s.tenant_id and m.series_id = s.id and m.time >= :since
    order by m.time desc limit 1
) last on true
where s.ci_id = :item
order by s.metric, s.labels::text
limit 1000
"""
).bindparams(bindparam("item"), bindparam("since"))


async def item(session: AsyncSession, item_id: UUID) -> ConfigurationItem | None:
    """One item, retired or not."""
    return (
        await session.execute(select(ConfigurationItem).where(ConfigurationItem.id == item_id))
    ).scalar_one_or_none()


async def items_page(
    session: AsyncSession, *, limit: int, after: tuple[str, UUID] | None, kind: str | None, words: str | None
) -> list[ConfigurationItem]:
    """Live items by name, one more than `limit`. `words` matches inside names, aliases and addresses, in any case."""
    query = select(ConfigurationItem).where(ConfigurationItem.retired_at.is_(None))
    if kind is not None:
        query = query.where(ConfigurationItem.type == kind)
    if words:
        # Every name of an item in one text, each on a line of its own, so that one comparison covers them all.
        names = func.concat_ws(
            "\n",
            ConfigurationItem.name,
            cast(ConfigurationItem.display_name, String),
            func.array_to_string(ConfigurationItem.aliases, "\n"),
            func.array_to_string(ConfigurationItem.addresses, "\n"),
        )
        query = query.where(names.icontains(words, autoescape=True))
    if after is not None:
        name, item_id = after
        query = query.where(
            or_(ConfigurationItem.name > name, (ConfigurationItem.name == name) & (ConfigurationItem.id > item_id))
        )
    query = query.order_by(ConfigurationItem.name, ConfigurationItem.id).limit(limit + 1)
    return list((await session.execute(query)).scalars())


async def all_items(session: AsyncSession, limit: int) -> list[ConfigurationItem]:
    """Live items in the order they were made."""
    query = select(ConfigurationItem).where(ConfigurationItem.retired_at.is_(None))
    return list((await session.execute(query.order_by(ConfigurationItem.id).limit(limit))).scalars())


async def relations_page(
    session: AsyncSession, *, limit: int, after: UUID | None, item_id: UUID | None, kind: str | None
) -> list[Any]:
    """Relations between live items with both ends' names."""
    source, target = aliased(ConfigurationItem), aliased(ConfigurationItem)
    query = (
        select(
            Relation.id, Relation.type, Relation.source_id, source.name.label("source"), source.type.label("source_type"),
            Relation.target_id, target.name.label("target"), target.type.label("target_type"),
        )
        .join(source, (source.tenant_id == Relation.tenant_id) & (source.id == Relation.source_id))
        .join(target, (target.tenant_id == Relation.tenant_id) & (target.id == Relation.target_id))
        .where(source.retired_at.is_(None), target.retired_at.is_(None))
    )  # fmt: skip
    if item_id is not None:
        query = query.where(or_(Relation.source_id == item_id, Relation.target_id == item_id))
    if kind is not None:
        query = query.where(Relation.type == kind)
    if after is not None:
        query = query.where(Relation.id > after)
    return list((await session.execute(query.order_by(Relation.id).limit(limit + 1))).all())


async def edges_of(session: AsyncSession, item_ids: Sequence[UUID], limit: int) -> list[tuple[UUID, UUID, str]]:
    """Relations that begin or end at one of the items: source, target, type."""
    among = func.any(cast(list(item_ids), ARRAY(Relation.source_id.type)))
    query = select(Relation.source_id, Relation.target_id, Relation.type)
    query = query.where(or_(Relation.source_id == among, Relation.target_id == among))
    found = await session.execute(query.order_by(Relation.id).limit(limit))
    return [(source, target, kind) for source, target, kind in found.all()]


async def named_items(session: AsyncSession, item_ids: Sequence[UUID]) -> list[ConfigurationItem]:
    """Items by id, retired or not."""
    query = select(ConfigurationItem).where(ConfigurationItem.id.in_(item_ids))
    return list((await session.execute(query.order_by(ConfigurationItem.name, ConfigurationItem.id))).scalars())


async def upsert_items(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Creates items or brings them up to date by their key; one that was retired lives again."""
    statement = insert(ConfigurationItem)
    kept = ("type", "name", "display_name", "aliases", "addresses", "attributes", "source", "updated_at")
    changes = {name: statement.excluded[name] for name in kept} | {"retired_at": None}
    upsert = statement.on_conflict_do_update(index_elements=["tenant_id", "key"], set_=changes)
    await session.execute(upsert, list(rows))


async def ids_by_key(session: AsyncSession, keys: Sequence[str]) -> dict[str, UUID]:
    """Item ids by the key their source gave them."""
    query = select(ConfigurationItem.key, ConfigurationItem.id).where(
        ConfigurationItem.key == func.any(cast(list(keys), ARRAY(Text)))
    )
    return {key: item_id for key, item_id in (await session.execute(query)).all()}


async def add_relations(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Adds relations that are not there yet."""
    if rows:
        await session.execute(insert(Relation).on_conflict_do_nothing(), list(rows))


async def retire_missing(session: AsyncSession, prefix_keys: Sequence[str], source: str, now: datetime) -> None:
    """Retires a source's items that it no longer sees."""
    await session.execute(
        text(
            "update configuration_items set retired_at = :now, updated_at = :now "
            "where source = :source and retired_at is null and not key = any(cast(:keys as text[]))"
        ),
        {"now": now, "source": source, "keys": list(prefix_keys)},
    )


async def series_page(
    session: AsyncSession, *, limit: int, after: int | None, metric: str | None, item_id: UUID | None
) -> list[Any]:
    """Series of live items with the item's name."""
    query = (
        select(
            MetricSeries.id, MetricSeries.ci_id.label("item_id"), ConfigurationItem.name.label("item"),
            ConfigurationItem.type.label("item_type"), MetricSeries.metric, MetricSeries.unit, MetricSeries.labels,
        )
        .join(
            ConfigurationItem,
            (ConfigurationItem.tenant_id == MetricSeries.tenant_id) & (ConfigurationItem.id == MetricSeries.ci_id),
        )
        .where(ConfigurationItem.retired_at.is_(None))
    )  # fmt: skip
    if metric is not None:
        query = query.where(MetricSeries.metric == metric)
    if item_id is not None:
        query = query.where(MetricSeries.ci_id == item_id)
    if after is not None:
        query = query.where(MetricSeries.id > after)
    return list((await session.execute(query.order_by(MetricSeries.id).limit(limit + 1))).all())


async def metric_names(session: AsyncSession) -> list[tuple[str, UUID]]:
    """Which item has which metric."""
    query = select(MetricSeries.metric, MetricSeries.ci_id).distinct()
    return [(metric, item_id) for metric, item_id in (await session.execute(query)).all()]


async def last_values(session: AsyncSession, item_id: UUID, now: datetime) -> list[Any]:
    """An item's series with the newest sample of the last day."""
    return list((await session.execute(_LAST_VALUES, {"item": item_id, "since": now - timedelta(days=1)})).all())


async def inventory_mark(session: AsyncSession) -> str:
    """Changes whenever items, relations or series do: lets readers keep what they built from them."""
    row = (
        await session.execute(
            text(
                "select (select concat(count(*), '/', max(updated_at)) from configuration_items), "
                "(select concat(count(*), '/', max(created_at)) from relations), "
                "(select concat(count(*), '/', max(id)) from metric_series)"
            )
        )
    ).one()
    return "|".join(str(part) for part in row)


async def made_up_until(session: AsyncSession) -> datetime | None:
    """Where the made-up company's history ends."""
    return await session.scalar(select(DemoWorld.anchor))
