"""Keyset paging: a cursor is the sort key of the last row seen, opaque to the caller and strictly read back."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from opsloom.kit.errors import InvalidInput

T = TypeVar("T")
CursorValue = str | int | datetime | UUID

Limit = Annotated[int, Query(ge=1, le=500, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is absent on the last one."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(*values: CursorValue) -> str:
    """Pack a row's sort key into URL-safe text."""
    plain = [v.isoformat() if isinstance(v, datetime) else str(v) if isinstance(v, UUID) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(text: str, *types: type) -> tuple[CursorValue, ...]:
    """Unpack a cursor into values of the given types. Raises InvalidInput when it is not one of ours."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list):
            raise ValueError("not a list")
        return tuple(_read(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidInput(
            "The cursor is not valid.", hint="Pass `next_cursor` of the previous page unchanged, or leave it out."
        ) from error


def _read(value: object, kind: type) -> CursorValue:
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment
    if kind is UUID and isinstance(value, str):
        return UUID(value)
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if kind is str and isinstance(value, str) and "\x00" not in value:
        return value
    raise ValueError("wrong type")


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], tuple[CursorValue, ...]]) -> Page[T]:
    """Cut `limit + 1` fetched rows to a page; the extra row tells whether there is more."""
    if len(rows) <= limit:
        return Page[T](items=rows)
    return Page[T](items=rows[:limit], next_cursor=encode_cursor(*key(rows[limit - 1])))
