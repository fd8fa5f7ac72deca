"""What events are narrowed to, as SQL over any relation that has their columns."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, or_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from opsloom.events.field_conditions import FieldCondition
from opsloom.infra.db.within import within

Columns = ReadOnlyColumnCollection[str, Any]
NO_SEVERITY: Final = "none"


class EventFilter(msgspec.Struct, frozen=True):
    """Every given part must hold; of several values of a part, one."""

    source: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    text: str | None = None
    fields: tuple[FieldCondition, ...] = ()
    start: datetime | None = None
    end: datetime | None = None

    def conditions(self, of: Columns) -> list[ColumnElement[bool]]:
        """All of it."""
        return [*self.spanned(of), *self.searched(of), *self.chosen(of).values()]

    def spanned(self, of: Columns) -> list[ColumnElement[bool]]:
        """The conditions on time."""
        return within(of.time, self.start, self.end)

    def searched(self, of: Columns) -> list[ColumnElement[bool]]:
        """The conditions on text and on single fields."""
        found = [each.as_sql(of) for each in self.fields]
        if self.text:
            parts = (of.data["message"].astext, of.type, of.source, of.subject)
            found.append(or_(*(part.icontains(self.text, autoescape=True) for part in parts)))
        return found

    def chosen(self, of: Columns) -> dict[str, ColumnElement[bool]]:
        """The conditions of the fields that can be counted, by field."""
        found: dict[str, ColumnElement[bool]] = {}
        for name in ("type", "source", "subject"):
            values: tuple[str, ...] = getattr(self, name)
            if values:
                found[name] = of[name].in_(values)
        if self.severity:
            said = [each for each in self.severity if each != NO_SEVERITY]
            none = [of.severity.is_(None)] if NO_SEVERITY in self.severity else []
            found["severity"] = or_(*([of.severity.in_(said)] if said else []), *none)
        return found
