"""Conditions on single fields, as they stand in an address: `data.status >= 500`, `attributes.region = ap-northeast-2`.

A path is a column or leads into the data or the attributes. `=` and `!=` compare as text, or as numbers where both are;
the four orders compare numbers where the value is one and text otherwise; `~` looks for a text within; a path alone asks
whether the field is there. An event that lacks the field meets none of them but `!=`.
"""

import json
import re
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Numeric, Text, cast, func, literal, not_, or_
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from opsloom.kit.errors import FieldProblem, InvalidInput

MOST: Final = 20
MAX_CHARS: Final = 500
_COLUMNS: Final = frozenset({"type", "source", "subject", "severity"})
_PART: Final = r"(?:[^\s.\"=!<>~]+|\"(?:[^\"\\]|\\.)+\")"
_CONDITION: Final = re.compile(rf"^\s*({_PART}(?:\.{_PART})*)\s*(?:(!=|>=|<=|=|>|<|~)\s*(.*?))?\s*$", re.DOTALL)
_PARTS: Final = re.compile(_PART)
_NUMBER: Final = re.compile(r"^-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,2})?$")


class FieldCondition(NamedTuple):
    """`operator` and `value` are empty when only the presence is asked for."""

    path: tuple[str, ...]
    operator: str
    value: str

    def as_sql(self, of: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
        """True where it holds, false or null where not."""
        text, number = self._sides(of)
        if not self.operator:
            return text.is_not(None)
        if self.operator == "~":
            return text.icontains(self.value, autoescape=True)
        numeric = number is not None and _NUMBER.match(self.value)
        if self.operator in {"=", "!="}:
            same = text == self.value
            if numeric:
                same = or_(same, _compared(number, "=", self.value))
            return or_(text.is_(None), not_(func.coalesce(same, False))) if self.operator == "!=" else same
        if numeric:
            return _compared(number, self.operator, self.value)
        return text.op(self.operator, is_comparison=True)(self.value)

    def _sides(self, of: ReadOnlyColumnCollection[str, Any]) -> tuple[ColumnElement[str], ColumnElement[object] | None]:
        root, *rest = self.path
        if root in _COLUMNS and not rest:
            return of[root], None
        column = of[root]
        if not rest:
            return func.nullif(column.op("#>>", return_type=Text())(literal([], ARRAY(Text))), "{}"), None
        found = column.op("#>")(literal(rest, ARRAY(Text)))
        return column.op("#>>", return_type=Text())(literal(rest, ARRAY(Text))), found


def _compared(found: ColumnElement[object] | None, operator: str, value: str) -> ColumnElement[bool]:
    """A JSON number against one; anything else that stands there is not compared, rather than failing the search."""
    path = f'$ ? (@.type() == "number" && @ {"==" if operator == "=" else operator} $value)'
    given = func.jsonb_build_object("value", func.to_jsonb(cast(value, Numeric)))
    return func.jsonb_path_exists(found, cast(path, JSONPATH), given)


def read_condition(text: str, pointer: str) -> FieldCondition:
    """Raises InvalidInput."""
    match = _CONDITION.match(text)
    parts = tuple(_unquoted(part) for part in _PARTS.findall(match.group(1))) if match else ()
    if match is None or not (parts[0] in {"data", "attributes"} or (parts[0] in _COLUMNS and len(parts) == 1)):
        raise InvalidInput(
            f"The condition {text[:80]!r} cannot be read.",
            hint="Write a field, an operator and a value, as in: data.status >= 500.",
            details=[FieldProblem(pointer=pointer, detail="is not a condition on a field")],
        )
    return FieldCondition(parts, match.group(2) or "", _unquoted(match.group(3) or ""))


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    return text
