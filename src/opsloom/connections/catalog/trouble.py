"""Errors of another database, told apart: what concerns one table, and what ends the scan."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

LOCK_WAIT_MS: Final = 2000
_LONGEST: Final = 500
_LOST: Final = ("57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006")
_LOST_CODES: Final = {2006, 2013, 2014, 2055, 1927}
"""MySQL's and MariaDB's words for a connection that went away."""


def is_lost(error: SQLAlchemyError) -> bool:
    """Whether nothing more can be read over this connection."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _LOST:
        return True
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    return any(code in _LOST_CODES for code in arguments[:1])


def cause(error: SQLAlchemyError) -> str:
    """What the database said, in one line; never the statement or its values."""
    said = str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)
    return " ".join(said.split())[:_LONGEST] or type(error).__name__


@contextmanager
def attempt(connection: Connection) -> Iterator[None]:
    """What fails in here leaves the transaction usable. Only PostgreSQL needs a savepoint for that; not all can set one.

    There even reading a default takes a lock: a table that somebody is rebuilding must not hold up all others.
    """
    if connection.dialect.name == "postgresql":
        with connection.begin_nested():
            connection.exec_driver_sql(f"set local lock_timeout = {LOCK_WAIT_MS}")
            yield
    else:
        yield
