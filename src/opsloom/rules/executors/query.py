"""The query executor: rows of a schedule rule's query become events, which the rule then judges like any other.

The query goes through the engines of APIs: one guard, one set of limits, one log, for Opsloom's own data and for connections.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.apis.schemas import ApiDefinition
from opsloom.events.service import MAX_DATA_BYTES, NewEvent, record
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory.service import driver_of
from opsloom.rules.checks import QUERY_ROW, source_of
from opsloom.rules.document import ScheduleRule
from opsloom.rules.executors.errors import AnswerUnusable
from opsloom.rules.executors.work import Asked

Row = dict[str, Any]
MAX_ROWS: Final = 1_000
_MAX_BYTES: Final = 4_000_000
_READ: Final = TypeAdapter(ScheduleRule)


def definition_of(connection: str | None, statement: str, timeout_s: float) -> ApiDefinition:
    """A query as the engines of APIs take it."""
    return ApiDefinition.model_validate(
        {
            "path": "query",
            "method": "GET",
            "logic": {"type": "sql", "sql": statement, "connection": connection},
            "limits": {"timeout_ms": round(timeout_s * 1_000), "max_rows": MAX_ROWS, "max_bytes": _MAX_BYTES},
        }
    )


async def rows_of(core: Core, scope: Scope, asked: Asked[Any], definition: ApiDefinition) -> list[Row]:
    """What a query answers. Raises what an API's call raises, and AnswerUnusable for more rows than are taken."""
    of = apis.Named(asked.executor_id, asked.name, asked.version, asked.content_hash, f"executors/{asked.executor_id}")
    run = await apis.run_definition(core, scope, of, definition, {})
    if run.result.truncated:
        raise AnswerUnusable(
            f"The query answers more than {MAX_ROWS} rows.",
            hint="Let it answer only the rows that matter, or aggregate.",
        )
    return [row for row in apis.rows_of(run) if isinstance(row, dict)]


class QueryWork:
    """Serves schedule rules."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def read(self, content: dict[str, object]) -> ScheduleRule:
        """What a version says. Raises ValidationError."""
        return _READ.validate_python(content)

    async def ask(self, scope: Scope, asked: Asked[ScheduleRule]) -> list[Row]:
        """The rows. Raises what an API's call raises."""
        source = asked.content.source
        definition = definition_of(source.connection, source.statement, source.timeout_s)
        return await rows_of(self._core, scope, asked, definition)

    async def keep(self, session: AsyncSession, scope: Scope, asked: Asked[ScheduleRule], answer: Sequence[Row]) -> int:
        """Each row is an event of the moment at which it was asked for."""
        source = source_of(asked.content, asked.executor_id)
        events = [
            self._event(asked, str(getattr(source, "source", "")), place, row) for place, row in enumerate(answer)
        ]
        return await record(await driver_of(session), scope, self._core.clock.now(), events)

    def _event(self, asked: Asked[ScheduleRule], source: str, place: int, row: Row) -> NewEvent:
        data = orjson.dumps(row, default=str).decode()
        if len(data) > MAX_DATA_BYTES:
            raise AnswerUnusable(f"Row {place + 1} is larger than {MAX_DATA_BYTES} bytes.")
        due = asked.due_at.isoformat()
        attributes = orjson.dumps({"rule": asked.name, "due_at": due}).decode()
        return NewEvent(place, source, f"{due}/{place}", QUERY_ROW, None, None, asked.asked_at, data, attributes)
