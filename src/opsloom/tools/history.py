"""The history of runs: one row each, written after the run, beside it. A row that cannot be written stops no tool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prometheus_client import Counter, Histogram
from sqlalchemy import select, text, tuple_
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError
from opsloom.tools.models import ToolRun

log = get_logger(__name__)

_RUNS = Counter("opsloom_tool_runs_total", "Runs of tools.", ["type", "code"])
_SECONDS = Histogram("opsloom_tool_run_seconds", "Time of a tool's run.", ["type"])


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over. `code` is empty when it succeeded; `arguments` are masked."""

    id: UUID
    at: datetime
    tool_id: UUID | None
    tool_key: str
    version: int
    type: str
    caller: str
    code: str
    detail: str
    arguments: dict[str, Any]
    bytes: int
    total_ms: float


class History:
    """Writes rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def prepare(self) -> None:
        """Make the coming days' partitions; the worker keeps doing so."""
        async with self._db.transaction(Scope.outside()) as session:
            await session.execute(text("select ensure_tool_run_partitions(3)"))

    async def add(self, scope: Scope, ended: Ended) -> None:
        """Never raises for a database that is away."""
        _RUNS.labels(ended.type, ended.code).inc()
        _SECONDS.labels(ended.type).observe(ended.total_ms / 1e3)
        row = ToolRun(
            tenant_id=scope.tenant_id,
            at=ended.at,
            id=ended.id,
            tool_id=ended.tool_id,
            tool_key=ended.tool_key,
            version=ended.version,
            caller=ended.caller,
            actor_kind=scope.actor.kind,
            actor_id=scope.actor.id,
            actor_name=scope.actor.name,
            code=ended.code,
            detail=ended.detail[:500].replace("\0", ""),
            arguments=ended.arguments,
            bytes=ended.bytes,
            total_ms=ended.total_ms,
            trace_id=scope.trace_id,
        )
        try:
            async with self._db.transaction(scope) as session:
                session.add(row)
        except (OpsloomError, SQLAlchemyError) as error:
            note_failure("tools.history", error)
            log.error("tools.run_not_kept", tool=ended.tool_key, code=ended.code, cause=str(error))


async def runs_of(
    session: AsyncSession, tool_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None, failed: bool
) -> Sequence[ToolRun]:
    """Newest first, one more than `limit`."""
    query = select(ToolRun).where(ToolRun.tool_id == tool_id).order_by(ToolRun.at.desc(), ToolRun.id.desc())
    if before is not None:
        query = query.where(tuple_(ToolRun.at, ToolRun.id) < before)
    if failed:
        query = query.where(ToolRun.code != "")
    return list((await session.execute(query.limit(limit + 1))).scalars())
