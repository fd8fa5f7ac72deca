"""What the list of traces is narrowed to, as SQL over any relation that has its columns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from opsloom.infra.db.within import within

Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """Every given part must hold; several values of one field are joined by “or”."""

    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    callers: tuple[UUID, ...] = ()
    assets: tuple[UUID, ...] = ()
    subject_id: UUID | None = None
    slower_ms: float | None = None
    text: str | None = None
    start: datetime | None = None
    end: datetime | None = None

    def chosen(self, of: Columns) -> dict[str, ColumnElement[bool]]:
        """The conditions of the fields that can be counted, by field."""
        found: dict[str, ColumnElement[bool]] = {}
        for name, column, values in (
            ("kinds", of.kind, self.kinds),
            ("statuses", of.status, self.statuses),
            ("families", of.family, self.families),
            ("callers", of.actor_id, self.callers),
        ):
            if values:
                found[name] = column.in_(values)
        if self.assets:
            found["assets"] = of.asset_ids.overlap(list(self.assets))
        return found

    def spanned(self, of: Columns) -> list[ColumnElement[bool]]:
        """The conditions on time."""
        return within(of.at, self.start, self.end)

    def searched(self, of: Columns) -> list[ColumnElement[bool]]:
        """The conditions on text, duration and what it was about."""
        found: list[ColumnElement[bool]] = []
        if self.subject_id is not None:
            found.append(of.subject_id == self.subject_id)
        if self.slower_ms is not None:
            found.append(of.duration_ms >= self.slower_ms)
        if self.text:
            parts = (of.name, of.trace_id, of.code, of.detail, of.actor_name, cast(of.assets, Text))
            found.append(func.concat_ws("\x1f", *parts).icontains(self.text, autoescape=True))
        return found
