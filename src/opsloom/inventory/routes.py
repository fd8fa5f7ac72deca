"""HTTP of the inventory: items, relations, series, and metric queries."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.inventory import service
from opsloom.inventory.schemas import (
    MAX_POINTS,
    Item,
    ItemDetail,
    ItemMetric,
    MetricQuery,
    MetricsAnswer,
    MetricsAsked,
    RelationShown,
    SeriesShown,
)
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page

router = APIRouter(prefix="/api/v1", tags=["inventory"])

Reading = Annotated[Work, Depends(work(Permission.INVENTORY_READ), scope="function")]
Word = Annotated[Text | None, Query(max_length=200)]


@router.get("/items")
async def list_items(
    w: Reading, limit: Limit = 50, cursor: Cursor = None, type: Word = None, q: Word = None
) -> Page[Item]:
    """Configuration items by name; `q` looks inside names, aliases and addresses."""
    return await service.find_items(w.session, w.scope, limit=limit, cursor=cursor, kind=type, words=q)


@router.get("/items/{item_id}")
async def get_item(w: Reading, item_id: UUID) -> ItemDetail:
    """One item with its direct relations."""
    return await service.get_item(w.session, w.scope, item_id)


@router.get("/items/{item_id}/metrics")
async def list_item_metrics(w: Reading, item_id: UUID) -> Page[ItemMetric]:
    """What is measured of an item, each with its newest value."""
    return Page[ItemMetric](items=await service.item_metrics(w.session, w.scope, item_id, w.core.clock.now()))


@router.get("/relations")
async def list_relations(
    w: Reading, limit: Limit = 100, cursor: Cursor = None, item_id: UUID | None = None, type: Word = None
) -> Page[RelationShown]:
    """Relations, or those of one item."""
    return await service.find_relations(w.session, w.scope, limit=limit, cursor=cursor, item_id=item_id, kind=type)


@router.get("/metrics/series")
async def list_series(
    w: Reading, limit: Limit = 100, cursor: Cursor = None, metric: Word = None, item_id: UUID | None = None
) -> Page[SeriesShown]:
    """What is measured at all."""
    return await service.find_series(w.session, w.scope, limit=limit, cursor=cursor, metric=metric, item_id=item_id)


@router.post("/metrics/query")
async def query_metrics(w: Reading, asked: MetricsAsked) -> MetricsAnswer:
    """Points of a metric, as they are or in buckets, with the SQL that was run."""
    if asked.item_id is not None:
        await service.get_item(w.session, w.scope, asked.item_id)
    query = MetricQuery(
        metric=asked.metric,
        start=asked.from_,
        end=asked.to,
        item_ids=(asked.item_id,) if asked.item_id else (),
        item_types=(asked.item_type,) if asked.item_type else (),
        aggregate=asked.aggregate,
        step_s=asked.step_s,
        raw=asked.step_s is None,
    )
    async with w.core.db.raw(w.scope) as connection:
        answer = await service.query_metric(connection, w.scope, query)
    return MetricsAnswer(
        series=service.as_series(answer, asked.metric),
        truncated=len(answer.rows) >= MAX_POINTS,
        sql=answer.query.sql,
        parameters=answer.query.parameters,
    )
