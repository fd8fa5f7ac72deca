"""The two shapes of data at the HTTP edge: what comes in is strict, what goes out is plain."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, JsonValue, StringConstraints


class Wire(BaseModel):
    """A request body: unknown fields are refused by name, so that a misspelt one never passes unseen."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """A response; reads attributes of rows."""

    model_config = ConfigDict(from_attributes=True)


def _storable(text: str) -> str:
    """PostgreSQL text holds neither NUL nor lone surrogates; refuse them where they come in."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode text") from None
    return text


def _in_reach(moment: datetime) -> datetime:
    """With an offset, the first and last days of the calendar have no UTC form."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_reach)]
Text = Annotated[str, AfterValidator(_storable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_storable)]


_DEEPEST = 60
_LARGEST = 2**63 - 1


def _plain(value: object, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"must not be nested deeper than {_DEEPEST} levels")
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError("holds a whole number that does not fit in 64 bits")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds a number that is not finite")
    elif isinstance(value, dict):
        for key, each in value.items():
            _storable(key)
            _plain(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _plain(each, depth + 1)


def _plain_json(value: JsonValue) -> JsonValue:
    _plain(value)
    return value


def _plain_object(value: dict[str, Any]) -> dict[str, Any]:
    _plain(value)
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_plain_object)]
"""Any JSON object that can be stored; what it means is judged by whoever it is for."""
StorableJson = Annotated[JsonValue, AfterValidator(_plain_json)]
"""Any JSON that can be stored and sent on as it is."""
