"""Answers that leave while their rows are read: bounded memory, limits, failures in the middle, callers that go."""

import asyncio
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import psutil
import pytest
from arro3.core import Table
from arro3.io import read_ipc_stream
from starlette.types import ASGIApp, Message

from apis.conftest import Builder, fill, problem_in
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom import composition
from opsloom.app import create_app
from opsloom.health import Readiness

N = [{"name": "n", "type": "integer", "required": True}]
NUMBERS = "select g as n, 'row ' || g as name from generate_series(1, :n) g"
BREAKS = "select 1 / (1001 - g) as n from generate_series(1, :n) g"


class Caller:
    """Calls the application and keeps, or only counts, what comes; `act` is asked after each part."""

    def __init__(self, app: ASGIApp, act: Callable[["Caller"], None] = lambda _: None, *, keeps: bool = True) -> None:
        self._app = app
        self._act = act
        self._keeps = keeps
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.size_bytes = 0
        self.parts = 0
        self.is_whole = False
        self.stuck = False

    def leave(self) -> None:
        self._incoming.put_nowait({"type": "http.disconnect"})

    async def get(self, path: str, query: str, headers: Mapping[str, str]) -> "Caller":
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": raw,
            "server": ("test", 80), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        self._incoming.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        await self._app(scope, self._incoming.get, self._taken)
        return self

    async def _taken(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            return
        body = message.get("body", b"")
        self.size_bytes += len(body)
        self.parts += bool(body)
        if self._keeps:
            self.body += body
        self.is_whole = not message.get("more_body", False)
        self._act(self)
        if self.stuck:
            await asyncio.Event().wait()


class Streaming:
    """An API that streams, and callers of it."""

    def __init__(self, builder: Builder, app: ASGIApp) -> None:
        self.builder = builder
        self.app = app
        self.api_id = ""

    async def publish(self, sql: str, **policy: int) -> None:
        self.api_id = await self.builder.publish("rows", sql, parameters=N, stream=policy)

    async def call(self, form: str, n: int, caller: Caller | None = None) -> Caller:
        caller = caller or Caller(self.app)
        return await caller.get(f"/runtime/rows.{form}", f"n={n}", self.builder.tenant.headers)

    async def log_row(self) -> dict[str, Any]:
        return (await self.builder.runs(self.api_id))[0]

    async def nothing_runs(self) -> None:
        """Until the database, by its own account, runs nothing for streams."""
        count = (
            "select count(*) from pg_stat_activity where application_name = 'opsloom api' and query like '%from rows%'"
        )
        async with self.builder.core.db.connection() as connection:

            async def gone() -> bool:
                return bool(await connection.fetchval(count) == 0)

            await until(gone, "no stream runs on the server")


@pytest.fixture
def streaming(builder: Builder) -> Streaming:
    app = create_app(builder.core, composition.routers(), Readiness(), composition.record_denial)
    return Streaming(builder, app)


async def test_rows_leave_in_parts_in_each_form(streaming: Streaming) -> None:
    await streaming.publish(NUMBERS)
    lines = await streaming.call("ndjson", 1200)
    assert (lines.status, lines.is_whole, lines.headers["x-streamed"], lines.parts) == (200, True, "true", 3)
    assert [json.loads(line)["n"] for line in lines.body.splitlines()] == list(range(1, 1201))
    table = await streaming.call("csv", 3)
    assert bytes(table.body) == b"n,name\r\n1,row 1\r\n2,row 2\r\n3,row 3\r\n"
    arrow = await streaming.call("arrow", 1200)
    read = Table.from_arrow(read_ipc_stream(io.BytesIO(bytes(arrow.body))))
    assert (read.num_rows, read["n"][1199].as_py(), arrow.is_whole) == (1200, 1200, True)
    row = await streaming.log_row()
    assert (row["status"], row["rows"], row["bytes"], row["cache"]) == (200, 1200, len(arrow.body), "BYPASS")
    nothing = await streaming.call("ndjson", 0)
    assert (nothing.status, nothing.is_whole, nothing.body) == (200, True, b"")
    whole = await streaming.builder.call("rows", n=3)
    assert ("x-streamed" in whole.headers, whole.json()["row_count"]) == (False, 3)


async def test_a_million_rows_need_the_memory_of_a_few(streaming: Streaming) -> None:
    """The answer is several times larger than the memory that may be added by it."""
    process = psutil.Process()
    await streaming.publish(NUMBERS)
    await streaming.call("ndjson", 20_000, Caller(streaming.app, keeps=False))  # what a first stream loads, once
    before, peak = process.memory_info().rss, 0

    def look(caller: Caller) -> None:
        nonlocal peak
        if caller.parts % 50 == 0:
            peak = max(peak, process.memory_info().rss)

    caller = await streaming.call("ndjson", 1_000_000, Caller(streaming.app, look, keeps=False))
    assert caller.is_whole
    assert caller.size_bytes > 30_000_000
    assert peak - before < 12_000_000
    assert (await streaming.log_row())["rows"] == 1_000_000


@pytest.mark.parametrize(
    ("sql", "n", "policy", "code"),
    [
        (BREAKS, 2000, {}, "api_value_refused"),
        (NUMBERS, 2000, {"max_rows": 1000}, "api_result_too_large"),
        (NUMBERS, 2000, {"max_bytes": 20_000}, "api_result_too_large"),
        ("select repeat('x', case when g = 900 then 300000 else 1 end) as t from generate_series(1, :n) g", 1500, {},
         "api_result_too_large"),
        ("select (select count(*) from generate_series(1, case when g < 1001 then 1 else 1000000000 end)) as n"
         " from generate_series(1, :n) g", 1500, {"timeout_ms": 600}, "api_timeout"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_in_the_middle_breaks_the_answer_off(
    streaming: Streaming, sql: str, n: int, policy: dict[str, int], code: str
) -> None:
    await streaming.publish(sql, **policy)
    lines = await streaming.call("ndjson", n)
    assert (lines.status, lines.is_whole) == (200, False)
    *rows, last = [json.loads(line) for line in lines.body.splitlines()]
    assert last["opsloom_error"]["code"] == code
    assert len(rows) >= 500
    row = await streaming.log_row()
    assert (row["code"], row["status"] >= 400, row["rows"]) == (code, True, len(rows))
    table = await streaming.call("csv", n)
    assert (table.is_whole, b"opsloom_error" in table.body) == (False, False)
    await streaming.nothing_runs()


async def test_what_fails_before_the_first_row_has_its_own_status(streaming: Streaming) -> None:
    await streaming.publish("select 1 / (:n - 5) as n from generate_series(1, 3)")
    problem_in(await streaming.builder.call("rows.csv", n=5), 422, "api_value_refused")
    assert (await streaming.log_row())["status"] == 422
    problem_in(await streaming.builder.call("rows.csv", n="x"), 422, "api_parameters_invalid")


async def test_a_caller_that_goes_stops_the_statement(streaming: Streaming) -> None:
    await streaming.publish(
        "select (select count(*) from generate_series(1, case when g < 1001 then 1 else 1000000000 end)) as n"
        " from generate_series(1, :n) g"
    )

    def leave(caller: Caller) -> None:
        if caller.parts == 2:
            asyncio.get_running_loop().call_later(0.05, caller.leave)  # by then the next rows are being read

    left = await streaming.call("ndjson", 2000, Caller(streaming.app, leave))
    assert (left.is_whole, left.parts) == (False, 2)
    row = await streaming.log_row()
    assert (row["status"], row["code"], row["rows"]) == (499, "client_left", 1000)
    await streaming.nothing_runs()


async def test_a_caller_that_does_not_read_is_not_the_apis_fault(streaming: Streaming) -> None:
    await streaming.publish(NUMBERS, timeout_ms=400)

    def stop(caller: Caller) -> None:
        caller.stuck = caller.parts == 1

    for _ in range(6):  # more often than opens a breaker
        assert not (await streaming.call("csv", 2000, Caller(streaming.app, stop))).is_whole
    assert (await streaming.log_row())["code"] == "api_reader_too_slow"
    assert (await streaming.call("csv", 1)).is_whole


async def test_another_tenants_rows_stay_away_and_places_are_given_back(
    streaming: Streaming, other_tenant: TestTenant
) -> None:
    sql = "select name as n from data.items where :n > 0"
    await streaming.publish(sql)
    theirs = Builder(streaming.builder.core, streaming.builder.client, other_tenant)
    await theirs.publish("rows", sql, parameters=N, stream={})
    await fill(streaming.builder.core, streaming.builder.tenant, "web-1", [1.0])
    await fill(theirs.core, other_tenant, "canary-host", [1.0])
    for _ in range(6):  # more often than there are places, so each was given back
        assert bytes((await streaming.call("csv", 1)).body) == b"n\r\nweb-1\r\n"
    assert (await theirs.call("rows.csv", n=1)).text == "n\r\ncanary-host\r\n"
