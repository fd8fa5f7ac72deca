"""The second net: hostile statements that got past the guard do no harm on the real run path.

Each runs, unread, wrapped and through a lane, exactly as a published statement does. Afterwards nothing may have changed,
nothing may be locked or announced, the connection must be clean, and no other tenant's row may have come out.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import psycopg
import pytest
import pytest_asyncio

from apis.conftest import fill
from apis.corpus import HOSTILE
from fixtures.tenants import TestTenant, make_tenant
from opsloom.apis.engines.lane import Lane, Statement, StatementRefused
from opsloom.apis.sql.lexer import prepare
from opsloom.apis.sql.statement import wrap
from opsloom.infra.core import Core
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.kit.errors import ConnectionLost

CANARY = "canary-of-the-other-tenant"
TEMPLATE = wrap(prepare("select 1 as one"), max_rows=1000, max_bytes=1_000_000)
_CLEAN = Statement(
    b"clean",
    b"select current_user || '|' || coalesce(current_setting('opsloom.tenant', true), '') || '|' ||"
    b" current_setting('transaction_read_only') || '|' || current_setting('statement_timeout') || '|' ||"
    b" current_setting('search_path')",
    (),
)
_WORLD = """
select (select count(*) from pg_class)::text || '|' || (select count(*) from pg_proc)::text || '|' ||
       (select string_agg(rolname || rolsuper::text || coalesce(rolpassword, ''), ',' order by rolname) from pg_authid)
       || '|' || (select count(*) from pg_largeobject_metadata)::text || '|' || (select count(*) from pg_namespace)::text
       || '|' || (select count(*) from pg_replication_slots)::text || '|' || (select count(*) from pg_extension)::text
       || '|' || (select md5(string_agg(c::text, ',' order by c.id)) from configuration_items c)
       || '|' || (select md5(string_agg(m::text, ',' order by m.series_id, m.time)) from metric_samples m)
       || '|' || (select coalesce(string_agg(setconfig::text, ','), '') from pg_db_role_setting)
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(core: Core) -> tuple[TestTenant, TestTenant]:
    mine, other = await make_tenant(core), await make_tenant(core)
    await fill(core, mine, "mine", [1.0, 2.0])
    await fill(core, other, CANARY, [987654.25])
    return mine, other


@pytest_asyncio.fixture(loop_scope="session")
async def lane(core: Core) -> AsyncIterator[Lane]:
    made = await Lane.open(core.db.dsn)
    yield made
    made.close()


def _as_it_would_run(text: str) -> bytes:
    """The wrapper of the product around a text nobody has read."""
    return (
        TEMPLATE.text[: TEMPLATE.before] + text + TEMPLATE.text[TEMPLATE.before + len("select 1 as one") :]
    ).encode()


def _world(postgres: EmbeddedPostgres, dsn_database: str) -> str:
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=dsn_database)
    with psycopg.connect(**superuser.psycopg()) as connection:
        row = connection.execute(_WORLD).fetchone()
    assert row is not None
    return str(row[0])


async def test_hostile_statements_do_no_harm_past_the_guard(
    core: Core, postgres: EmbeddedPostgres, two: tuple[TestTenant, TestTenant], lane: Lane
) -> None:
    mine, other = two
    heard: list[str] = []
    listener = await core.db.dedicated()
    for channel in ("opsloom_stream", "opsloom_assets"):
        await listener.add_listener(channel, lambda *args: heard.append(str(args)))
    before = _world(postgres, core.db.dsn.database)
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=core.db.dsn.database)
    admin = await asyncpg.connect(**superuser.asyncpg())
    ran = 0
    for number, statement in enumerate(HOSTILE):
        text = statement.replace("{other}", str(other.id))
        enter = (str(mine.id).encode(), b"400")
        leaked = b""
        try:
            row = await lane.call(enter, Statement(f"h{number}".encode(), _as_it_would_run(text), ()), ())
            leaked, ran = row[2] or b"", ran + 1
        except StatementRefused:
            pass
        except ConnectionLost as error:
            pytest.fail(f"{statement!r} ended the connection: {error}")
        assert CANARY.encode() not in leaked, statement
        assert b"987654" not in leaked, statement
        locks = await admin.fetchval(
            "select count(*) from pg_locks where pid = $1 and (locktype = 'advisory' or mode not like '%AccessShare%')"
            " and locktype <> 'virtualxid'",
            lane.backend_pid,
        )
        assert locks == 0, statement
        state = await lane.call((str(mine.id).encode(), b"400"), _CLEAN, ())
        assert state[0] == f"opsloom_api_reader|{mine.id}|on|400ms|data, pg_temp".encode(), statement
    await admin.close()
    assert heard == []
    await listener.close()
    assert _world(postgres, core.db.dsn.database) == before
    assert ran > 0, "some are only revealing and do run; if none does, the wrapper is broken"


async def test_a_lane_at_rest_belongs_to_nobody(lane: Lane, two: tuple[TestTenant, TestTenant]) -> None:
    await lane.call((str(two[0].id).encode(), b"400"), _CLEAN, ())
    rows = await lane.call((b"", b"400"), _CLEAN, ())
    assert rows[0] == b"opsloom_api_reader||on|400ms|data, pg_temp"


async def test_no_tenant_means_no_rows(lane: Lane, two: tuple[TestTenant, TestTenant]) -> None:
    count = Statement(b"count", b"select count(*) from data.metrics", ())
    assert await lane.call((b"", b"400"), count, ()) == [b"0"]
    assert await lane.call((str(two[0].id).encode(), b"400"), count, ()) == [b"2"]


async def test_bombs_end_at_their_limits(lane: Lane, two: tuple[TestTenant, TestTenant]) -> None:
    enter = (str(two[0].id).encode(), b"300")
    bombs = {
        "select count(*) as n from generate_series(1, 1000000000) g": "57014",
        "with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) as n from r": "57014",
        "select count(*) as n from data.metrics a, generate_series(1, 100000) b, generate_series(1, 100000) c": "57014",
        "select length(regexp_replace(repeat('a', 30), '(a*)*b', 'x')) as n from generate_series(1, 100000000)": "57014",
        "select 1 / (select count(*) from data.items where name = 'no such') as n": "22012",
        "select repeat('x', 1100000000) as n": "54000",
    }
    for text, expected in bombs.items():
        with pytest.raises(StatementRefused) as refused:
            await lane.call(enter, Statement(text.encode()[:50], _as_it_would_run(text), ()), ())
        assert refused.value.sqlstate == expected, text
        assert lane.is_open


async def test_rows_and_bytes_are_capped(lane: Lane, two: tuple[TestTenant, TestTenant]) -> None:
    enter = (str(two[0].id).encode(), b"2000")
    few = wrap(prepare("select g as n from generate_series(1, 50) g"), max_rows=10, max_bytes=10_000)
    rows, size, body = await lane.call(enter, Statement(b"few", few.text.encode(), ()), ())
    assert (rows, body) == (b"11", b"[" + b", \n ".join(b'{"n":%d}' % n for n in range(1, 11)) + b"]")
    assert size == str(len(body or b"")).encode()
    tight = replace(few, text=few.text.replace("10000", "100"))
    rows, size, body = await lane.call(enter, Statement(b"tight", tight.text.encode(), ()), ())
    assert body is None
    assert int(size or 0) > 100
