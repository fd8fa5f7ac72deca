"""A statement that changes rows, once for each key.

Invariant: what a statement changed and the entry that says so are one transaction of the database that holds both, so there
is never one without the other, whenever a process is killed. The same key again finds the entry and gives its answer; while
the first is still running, the second waits for it in the database. Without a key nothing is kept.
"""

import time
from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, inspect

from opsloom.connections.content import Limits
from opsloom.connections.errors import KeyReused, QueryRefused, ResultTooLarge, TooManyChanged
from opsloom.connections.results import Change, Changed
from opsloom.connections.sql.alone import Ran, alone
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.values import size_of

LEDGER = "opsloom_writes"
"""Where a database that is written to keeps what was done under which key."""
KEPT_S = 7 * 86_400
_DDL = f"""create table if not exists {LEDGER} (owner varchar(100) not null, idempotency_key varchar(200) not null,
fingerprint varchar(64) not null, answer {{text}} not null, at bigint not null, primary key (owner, idempotency_key))"""
_TEXT = {"mysql": "longtext"}
_CLAIM = {
    "mysql": f"insert ignore into {LEDGER} values (:owner, :key, :fingerprint, '', :at)",
    "": f"insert into {LEDGER} values (:owner, :key, :fingerprint, '', :at) on conflict do nothing",
}
_FOUND = f"select fingerprint, answer from {LEDGER} where owner = :owner and idempotency_key = :key"
_KEEP = f"update {LEDGER} set answer = :answer where owner = :owner and idempotency_key = :key"
_FORGET = f"delete from {LEDGER} where owner = :owner and at < :since"


def has_ledger(connection: Connection) -> bool:
    """Whether the database can remember keys already."""
    return inspect(connection).has_table(LEDGER)


def make_ledger(connection: Connection, flavour: Flavour) -> None:
    """Raises QueryRefused where the user may not."""
    connection.exec_driver_sql(_DDL.format(text=_TEXT.get(flavour.grammar, "text")))


def plan_change(connection: Connection, flavour: Flavour, sql: str, params: Mapping[str, object]) -> None:
    """Have the statement read and planned. Raises QueryRefused."""
    with flavour.writing(connection):
        alone(connection, flavour, sql, params, 1, before="explain ")


def change(connection: Connection, flavour: Flavour, asked: Change, limits: Limits) -> Changed:
    """Run it in the transaction that is open. Raises TooManyChanged, KeyReused, QueryRefused, ResultTooLarge."""
    began = time.monotonic()
    if asked.key is not None and (known := _claimed(connection, flavour, asked)) is not None:
        return known
    seen = Ran(0)
    if asked.before is not None:
        seen = alone(connection, flavour, asked.before, asked.params, limits.rows)
    with flavour.writing(connection):
        ran = alone(connection, flavour, asked.sql, asked.params, max(limits.rows, asked.most))
    if ran.count > asked.most:
        raise TooManyChanged(
            f"The statement would change more than {asked.most} rows; nothing was changed.",
            hint="Narrow its condition, or raise the limit of changes.",
        )
    if size_of([*ran.rows, *seen.rows]) > limits.bytes:
        raise ResultTooLarge(f"What the statement returns is larger than {limits.bytes} bytes; nothing was changed.")
    done = Changed(
        ran.count, ran.columns, ran.rows, seen.columns, seen.rows[: limits.rows], ms=(time.monotonic() - began) * 1e3
    )
    if asked.key is not None:
        answer = orjson.dumps({"changed": done.changed, "columns": done.columns, "rows": done.rows}).decode()
        _ledger(connection, flavour, _KEEP, answer=answer, **_place(asked))
    return done


def _claimed(connection: Connection, flavour: Flavour, asked: Change) -> Changed | None:
    """None when the key is ours now; else what was answered under it."""
    now = int(time.time())
    _ledger(connection, flavour, _FORGET, owner=asked.owner, since=now - KEPT_S)
    claim = _CLAIM.get(flavour.grammar, _CLAIM[""])
    if _ledger(connection, flavour, claim, fingerprint=asked.fingerprint, at=now, **_place(asked)).count == 1:
        return None
    found = _ledger(connection, flavour, _FOUND, **_place(asked)).rows
    if not found:
        raise QueryRefused("The key is in use by a call that has not ended.", hint="Try again with the same key.")
    fingerprint, answer = str(found[0][0]), orjson.loads(str(found[0][1]))
    if fingerprint != asked.fingerprint:
        raise KeyReused("This idempotency key was used for another call.", hint="Give each call a key of its own.")
    return Changed(answer["changed"], answer["columns"], answer["rows"], replayed=True)


def _place(asked: Change) -> dict[str, object]:
    return {"owner": asked.owner, "key": asked.key}


def _ledger(connection: Connection, flavour: Flavour, sql: str, **params: object) -> Ran:
    return alone(connection, flavour, sql, params, 1)
