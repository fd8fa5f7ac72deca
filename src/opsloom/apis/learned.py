"""The JSON Schema of a row, read off rows that were seen. Pure; a proposal for people to correct, never a promise."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from opsloom.apis.logic import JsonSchema

_MOST_ROWS = 200
_MOST_FIELDS = 200
_DEEPEST = 12
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"),
)  # fmt: skip


def row_schema(rows: Sequence[Any]) -> JsonSchema:
    """What all the rows have in common: types of every field, and which are always there."""
    return _schema(list(islice(rows, _MOST_ROWS)), 0)


def _schema(values: list[Any], depth: int) -> JsonSchema:
    names = sorted({_type(value) for value in values})
    if names == ["integer", "number"]:
        names = ["number"]
    if not names or depth > _DEEPEST:
        return {}
    schema: JsonSchema = {"type": names[0] if len(names) == 1 else names}
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        fields = list(dict.fromkeys(name for each in objects for name in each))[:_MOST_FIELDS]
        schema["properties"] = {
            name: _schema([each[name] for each in objects if name in each], depth + 1) for name in fields
        }
        schema["required"] = [name for name in fields if all(name in each for each in objects)]
    lists = [value for value in values if isinstance(value, list)]
    if lists:
        schema["items"] = _schema(list(islice((item for each in lists for item in each), _MOST_ROWS)), depth + 1)
    return schema


def _type(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "null")
