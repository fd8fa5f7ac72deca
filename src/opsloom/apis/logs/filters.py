"""What the log is narrowed to, as SQL over any relation that has its columns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from opsloom.infra.db.within import within


class RunOutcome(StrEnum):
    """How a run ended. `refused`: the caller's fault (4xx), but for `limited` (429) and `left` (499, nobody waited);
    `failed`: 5xx, but for `timed_out` (504)."""

    ANSWERED = "answered"
    REFUSED = "refused"
    LIMITED = "limited"
    LEFT = "left"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


_STATUS: Final = {
    RunOutcome.ANSWERED: (0, 400),
    RunOutcome.LIMITED: (429, 430),
    RunOutcome.LEFT: (499, 500),
    RunOutcome.TIMED_OUT: (504, 505),
}
Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Every given part must hold."""

    api_ids: tuple[UUID, ...] = ()
    versions: tuple[int, ...] = ()
    outcomes: tuple[RunOutcome, ...] = ()
    codes: tuple[str, ...] = ()
    callers: tuple[UUID, ...] = ()
    caches: tuple[str, ...] = ()
    slower_ms: float | None = None
    text: str | None = None
    start: datetime | None = None
    end: datetime | None = None

    def chosen(self, of: Columns) -> dict[str, ColumnElement[bool]]:
        """The conditions of the fields that can be counted, by field."""
        found: dict[str, ColumnElement[bool]] = {}
        for name, column, values in (
            ("apis", of.api_id, self.api_ids),
            ("versions", of.version, self.versions),
            ("codes", of.code, self.codes),
            ("callers", of.actor_id, self.callers),
            ("caches", of.cache, self.caches),
        ):
            if values:
                found[name] = column.in_(values)
        if self.outcomes:
            found["outcomes"] = or_(*(ended(of.status, each) for each in self.outcomes))
        return found

    def spanned(self, of: Columns) -> list[ColumnElement[bool]]:
        """The conditions on time."""
        return within(of.at, self.start, self.end)

    def searched(self, of: Columns) -> list[ColumnElement[bool]]:
        """The conditions on text and duration."""
        found: list[ColumnElement[bool]] = []
        if self.slower_ms is not None:
            found.append(of.total_ms >= self.slower_ms)
        if self.text:
            parts = (cast(of.parameters, Text), of.detail, of.code, of.actor_name, of.path, of.api_name, of.trace_id)
            # One text instead of seven: folding its case is what a search costs.
            found.append(func.concat_ws("\x1f", *parts).icontains(self.text, autoescape=True))
        return found


def ended(status: ColumnElement[int], outcome: RunOutcome) -> ColumnElement[bool]:
    """Whether a status is of that kind."""
    if outcome is RunOutcome.REFUSED:
        return and_(status >= 400, status < 500, status.not_in((429, 499)))
    if outcome is RunOutcome.FAILED:
        return and_(status >= 500, status != 504)
    low, high = _STATUS[outcome]
    return and_(status >= low, status < high)
