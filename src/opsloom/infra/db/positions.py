"""Makes the places of a restored database lie in this server's past.

Feeds are ordered by the number of the transaction that wrote a row, and readers take what lies before the oldest transaction
still open. A backup from another server may hold numbers that this one has not reached: its rows would count as unfinished and
new ones as old, for as long as it takes to get there. All numbers are moved down by the same amount, so their order stays; what
would fall below the first possible number is put there, ordered by its row number alone.
"""

import psycopg
from psycopg import sql

_COLUMNS = """
select c.oid::regclass::text, a.attname::text, a.atttypid::regtype::text
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
  and not a.attisdropped and (a.atttypid = 'xid8'::regtype or (a.attname like '%txid' and a.atttypid = 'bigint'::regtype))
"""
_FIRST = 3  # smaller ones mean something else to PostgreSQL


def move_into_the_past(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """By how much the numbers were moved; 0 when all were in the past already. `connection` is a superuser's."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")  # no trigger has anything to do with this
        columns = [
            (str(table), str(column), str(kind)) for table, column, kind in connection.execute(_COLUMNS).fetchall()
        ]
        newest = max((_newest(connection, table, column) for table, column, _ in columns), default=0)
        oldest_open = _number(connection, "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        down = newest - (oldest_open - 1)
        if down <= 0:
            return 0
        for table, column, kind in columns:
            connection.execute(
                sql.SQL(
                    "update {} set {column} = greatest({column}::text::bigint - {down}, {first})::text::{kind}"
                ).format(
                    sql.SQL(table),  # quoted by PostgreSQL itself
                    column=sql.Identifier(column),
                    down=sql.Literal(down),
                    first=sql.Literal(_FIRST),
                    kind=sql.SQL(kind),
                )
            )
    return down


def _newest(connection: psycopg.Connection[tuple[object, ...]], table: str, column: str) -> int:
    return _number(connection, f"select coalesce(max({column}::text::bigint), 0) from {table}")


def _number(connection: psycopg.Connection[tuple[object, ...]], query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))
