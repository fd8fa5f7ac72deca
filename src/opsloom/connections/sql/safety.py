"""A database's safety layers, found out by trying: a write is attempted, a statement is made to take too long.

Every attempt runs in a transaction that is rolled back. What is tried creates or deletes nothing even where it is let
through: making a table is undone with the transaction (PostgreSQL), or no row fits the condition (MySQL).
"""

import time

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from opsloom.connections.results import Layer
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.session import SqlSession
from opsloom.kit.errors import DeadlinePassed, OpsloomError

_PATIENCE_S = 0.4
_SLACK_S = 4.0


async def layers_of(session: SqlSession) -> list[Layer]:
    """What the database says of itself, then what was tried. Raises as `SqlSession.run`."""
    flavour, limit_s = session.flavour, session.limits.total_s
    said = await session.run(flavour.layers, limit_s)
    tried = [
        await session.run(lambda connection: _write(connection, flavour, "session_refuses_writes"), limit_s),
        await session.run(
            lambda connection: _write(connection, flavour, "role_refuses_writes"), limit_s, reading=False
        ),
        await _timeout(session),
    ]
    return [*said, *tried]


def _write(connection: Connection, flavour: Flavour, name: str) -> Layer:
    attempt = flavour.write_attempt(connection)
    if attempt is None:
        return Layer(name, None, "There is no table to try a write on.")
    try:
        connection.exec_driver_sql(attempt)
    except DBAPIError as error:
        judged = flavour.judge(error)
        return Layer(name, True, f"A write was tried and refused. {judged.message}")
    return Layer(name, False, "A write was tried and let through; it was rolled back.")


async def _timeout(session: SqlSession) -> Layer:
    """Ask for something endless with little time. A database with a limit of its own must end it before our watch has to."""
    flavour = session.flavour
    watch_s = _PATIENCE_S + _SLACK_S if flavour.limits_time else _PATIENCE_S
    began = time.monotonic()
    try:
        await session.run(lambda connection: _endless(connection, flavour), watch_s)
    except DeadlinePassed:
        pass
    except OpsloomError as error:
        return Layer("time_limit_works", None, f"It could not be tried. {error.message}")
    took_s = time.monotonic() - began
    who = f"{flavour.name} ended" if flavour.limits_time else "Opsloom interrupted"
    return Layer(
        "time_limit_works", took_s < _PATIENCE_S + _SLACK_S / 2, f"{who} a statement without end after {took_s:.1f} s."
    )


def _endless(connection: Connection, flavour: Flavour) -> None:
    flavour.begin(connection, _PATIENCE_S)
    connection.exec_driver_sql(flavour.endless).fetchall()
