"""The two shapes of data at the HTTP edge: what comes in is strict, what goes out is plain."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


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
