"""The queries of the API manager that are not the registry's. Row security limits each to the session's tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.models import ApiRun

_COLUMNS = text(
    """
select c.relname::text, a.attname::text, format_type(a.atttypid, null)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = (select oid from pg_namespace where nspname = 'data') and c.relkind in ('v', 'm', 'r', 'p')
order by c.relname, a.attnum
"""
)


async def runs_of(
    session: AsyncSession, api_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None, failed: bool
) -> list[ApiRun]:
    """Newest first, one more than `limit`."""
    query = select(ApiRun).where(ApiRun.api_id == api_id).order_by(ApiRun.at.desc(), ApiRun.id.desc())
    if before is not None:
        query = query.where(tuple_(ApiRun.at, ApiRun.id) < before)
    if failed:
        query = query.where(ApiRun.status >= 400)
    return list((await session.execute(query.limit(limit + 1))).scalars())


async def readable_columns(session: AsyncSession) -> list[tuple[str, str, str]]:
    """Relation, column and type of everything users' SQL may read."""
    return [(relation, column, kind) for relation, column, kind in (await session.execute(_COLUMNS)).all()]
