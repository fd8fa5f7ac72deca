"""The metric executor: numbers that other systems know become samples of the metric store."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.connections.service import Connections, HttpCall, Take
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.rules.executors.errors import AnswerUnusable
from opsloom.rules.executors.poll import HttpAsk, MetricPoll, PromqlAsk, SqlAsk
from opsloom.rules.executors.query import MAX_ROWS, definition_of, rows_of
from opsloom.rules.executors.work import Asked

_READ: Final = TypeAdapter(MetricPoll)
_SOURCE: Final = "poll"
_OK: Final = range(200, 300)


class Reading(NamedTuple):
    """A number, the columns beside it, and when it was so."""

    value: float
    columns: Mapping[str, Any]
    time: datetime


class MetricWork:
    """Serves polls."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._book = inventory.SeriesBook()

    def read(self, content: dict[str, object]) -> MetricPoll:
        """What a version says. Raises ValidationError."""
        return _READ.validate_python(content)

    async def ask(self, scope: Scope, asked: Asked[MetricPoll]) -> list[Reading]:
        """The numbers. Raises what the connection raises, and AnswerUnusable."""
        poll = asked.content
        match poll.ask:
            case PromqlAsk(expression=expression):
                return await self._promql(scope, poll, expression)
            case SqlAsk(statement=statement):
                definition = definition_of(poll.connection, statement, poll.timeout_s)
                found: Sequence[object] = await rows_of(self._core, scope, asked, definition)
            case HttpAsk() as http:
                found = await self._http(scope, poll, http)
        return readings(found, poll.value_column, asked.asked_at)

    async def keep(
        self, session: AsyncSession, scope: Scope, asked: Asked[MetricPoll], answer: Sequence[Reading]
    ) -> int:
        """Samples of the items they are about; an item that is not known yet is made. Raises SampleRefused, AnswerUnusable."""
        poll = asked.content
        named = [(poll.of.item_type, item_of(poll, asked.name, one.columns)) for one in answer]
        items = await inventory.measured_items(session, scope, set(named), _SOURCE, self._core.clock.now())
        samples = [
            inventory.Sample(items[of], poll.metric, one.time, one.value, labels_of(poll, one.columns), poll.unit)
            for of, one in zip(named, answer, strict=True)
        ]
        return await inventory.record_samples(await inventory.driver_of(session), scope, samples, self._book)

    async def _promql(self, scope: Scope, poll: MetricPoll, expression: str) -> list[Reading]:
        take = Take(total_s=poll.timeout_s, rows=MAX_ROWS)
        series = await self._core.part(Connections).promql(scope, poll.connection, expression, None, take)
        if any(one.truncated for one in series) or len(series) > MAX_ROWS:
            raise AnswerUnusable(f"The expression answers more than {MAX_ROWS} series.", hint="Aggregate in PromQL.")
        latest = [(one.labels, *one.points[-1]) for one in series if one.points]
        return [
            Reading(value, labels, datetime.fromtimestamp(at, UTC)) for labels, at, value in latest if value is not None
        ]

    async def _http(self, scope: Scope, poll: MetricPoll, http: HttpAsk) -> Sequence[object]:
        take = Take(total_s=poll.timeout_s)
        answer = await self._core.part(Connections).call(scope, poll.connection, HttpCall(path=http.path), take)
        if answer.status not in _OK:
            raise AnswerUnusable(f"The answer has status {answer.status}.")
        try:
            body = orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            raise AnswerUnusable(f"The answer is not JSON: {error}") from error
        found = pointed_at(body, http.rows)
        return found if isinstance(found, list) else [found]


def readings(rows: Sequence[object], column: str, time: datetime) -> list[Reading]:
    """The numbers of rows; a row without one (NULL) is left out. Raises AnswerUnusable for what is no row or no number."""
    found = []
    for place, row in enumerate(rows):
        if not isinstance(row, dict) or column not in row:
            raise AnswerUnusable(
                f"Row {place + 1} has no “{column}”.", hint="`value_column` names where the number is."
            )
        value = _number(row[column], place)
        if value is not None:
            found.append(Reading(value, row, time))
    if len(found) > MAX_ROWS:
        raise AnswerUnusable(f"The answer holds more than {MAX_ROWS} numbers.")
    return found


def _number(value: object, place: int) -> float | None:
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise AnswerUnusable(f"The value of row {place + 1} is no number.")
    return number


def pointed_at(body: object, pointer: str) -> object:
    """What a JSON Pointer leads to. Raises AnswerUnusable."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict) and name in body:
            body = body[name]
        elif isinstance(body, list) and name.isdecimal() and int(name) < len(body):
            body = body[int(name)]
        else:
            raise AnswerUnusable(f"The answer has nothing at “{pointer}”.")
    return body


def item_of(poll: MetricPoll, name: str, columns: Mapping[str, Any]) -> str:
    """The name of the item a number is about: of the column, the fixed one, or the poll's own. Raises AnswerUnusable."""
    if poll.of.item_column is None:
        return poll.of.item or name
    found = columns.get(poll.of.item_column)
    if not isinstance(found, str | int) or found == "":
        raise AnswerUnusable(f"A row names no item in “{poll.of.item_column}”.")
    return str(found)


def labels_of(poll: MetricPoll, columns: Mapping[str, Any]) -> dict[str, str]:
    """The columns that tell series of an item apart."""
    return {name: str(columns[name]) for name in poll.labels if columns.get(name) is not None}
