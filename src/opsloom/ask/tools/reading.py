"""Runs a query as the reader of the `data` views: read-only, one tenant, with a limit on time and rows."""

from __future__ import annotations

from opsloom.ask.tools.contract import Evidence, ToolContext, plain
from opsloom.inventory.schemas import Query
from opsloom.inventory.service import bound

MAX_ROWS = 6000
# The reader owns nothing and sees only views; even a stored query that was tampered with could not write or look elsewhere.
_AS_READER = "set local role opsloom_api_reader; set transaction read only; set local statement_timeout = {timeout_ms}"


async def fetch(context: ToolContext, query: Query) -> Evidence:
    """Rows of a query with their provenance. Raises the driver's errors and ConnectionLost."""
    began, ran_at = context.clock.monotonic(), context.clock.now()
    async with context.db.raw(context.scope) as connection:
        # Prepared before stepping down: the driver may have to look types up with a function the reader is denied.
        # Nothing runs yet; the statement is planned again, with the reader's rights, when it does.
        statement = await connection.prepare(query.sql)
        await connection.execute(_AS_READER.format(timeout_ms=max(int(context.deadline_s * 1000), 1)))
        columns = tuple(attribute.name for attribute in statement.get_attributes())
        rows = await statement.fetch(*bound(query.parameters))
    kept = tuple({name: plain(row[name]) for name in columns} for row in rows[:MAX_ROWS])
    took_ms = (context.clock.monotonic() - began) * 1000
    return Evidence(query, columns, kept, len(rows) > MAX_ROWS, ran_at, round(took_ms, 3))
