"""The kind `mapping`: a JSONata expression that turns a request of another system into events.

It sees the body as its input and the request's headers as `$headers`, and gives an object or a list of objects in the form of
plain events; an empty list or nothing says that there is nothing to take. It runs in a process that may be killed.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import orjson
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import PlainKind
from opsloom.assets.service import Asset
from opsloom.events.checks import Refused
from opsloom.events.errors import EventsTooLarge, EventsUnreadable, MappingFailed
from opsloom.events.event import MAX_BATCH_ITEMS, Decoded, NewEvent, RejectCode, Rejection
from opsloom.events.plain import read_plain, take_plain
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside, ExpressionFailed, ExpressionTooCostly, ExpressionUnreadable
from opsloom.kit.clock import Clock
from opsloom.kit.model import StorableJson, Text, Wire

MAPPING: Final = "mapping"
Expression = Annotated[Text, StringConstraints(min_length=1, max_length=20_000)]


class MappingContent(Wire):
    """`sample` is a body to try it with."""

    expression: Expression = Field(description="JSONata over the body; `$headers` holds the headers in lower case.")
    sample: StorableJson = None


class MappingKind(PlainKind):
    """A mapping is checked by reading its expression; whether it fits its sender shows in the preview."""

    name = MAPPING
    model: type[BaseModel] = MappingContent
    read = Permission.EVENTS_READ
    write = Permission.CONNECTIONS_WRITE

    def __init__(self, aside: Aside) -> None:
        self._aside = aside

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises ExpressionUnreadable."""
        del session, scope, asset
        assert isinstance(content, MappingContent)
        await self._aside.check([content.expression])


async def run(aside: Aside, expression: str, body: bytes, headers: Mapping[str, str]) -> list[Any]:
    """What the expression makes of a body, as a list. Raises EventsUnreadable, EventsTooLarge, MappingFailed."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise EventsUnreadable(f"The body is not valid JSON: {error.msg}.") from None
    try:
        (found,) = await aside.evaluate([expression], body, bindings={"headers": dict(headers)})
    except (ExpressionFailed, ExpressionTooCostly, ExpressionUnreadable) as error:
        raise MappingFailed(f"The mapping failed: {error.message}", hint="Try it with this body on the page.") from None
    items = found if isinstance(found, list) else [] if found is None else [found]
    if len(items) > MAX_BATCH_ITEMS:
        raise EventsTooLarge(f"The mapping made {len(items)} events; at most {MAX_BATCH_ITEMS} are taken at once.")
    return items


def as_events(items: Sequence[Any], source: str, clock: Clock, known_by: str | None = None) -> Decoded:
    """Plain events of what a mapping made; the source's name stands in where none is given.

    Where an event has no id, the request's digest with its place gives it one, so that sending again changes nothing.
    """
    now = clock.now()
    events: list[NewEvent] = []
    rejections: list[Rejection] = []
    for index, item in enumerate(items):
        try:
            if not isinstance(item, dict):
                raise Refused(RejectCode.INVALID_TYPE, "is not an object")
            given = {"source": source} | {name: value for name, value in item.items() if value is not None}
            if known_by is not None:
                given.setdefault("id", f"{known_by}-{index}")
            events.append(take_plain(read_plain(orjson.dumps(given)), index, now))
        except Refused as refusal:
            raw = orjson.dumps(item)
            rejections.append(Rejection(index, refusal.code, refusal.detail, f"/{index}{refusal.pointer}", raw))
    return Decoded(events, rejections)


def unmapped(body: bytes, headers: Mapping[str, str]) -> list[Any]:
    """One event that holds the body as it is, where a source has no mapping. Raises EventsUnreadable."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise EventsUnreadable(f"The body is not valid JSON: {error.msg}.") from None
    kind = headers.get("x-github-event") or (data.get("type") if isinstance(data, dict) else None)
    return [{"type": kind if isinstance(kind, str) and 0 < len(kind) <= 200 else "webhook", "data": data}]
