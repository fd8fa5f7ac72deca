"""PyMySQL's connection, made to take in no more than it may for one command: a row is read whole before anybody can count it."""

from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CR
from pymysql.err import OperationalError


class CappedConnection(Connection):  # type: ignore[misc]  # the library has no types
    """`cap` is in bytes for each command, the greeting included."""

    def __init__(self, *, cap: int, **options: Any) -> None:
        self._cap = cap
        self._left = cap
        super().__init__(**options)

    def _execute_command(self, command: int, sql: str | bytes) -> None:
        self._left = self._cap
        super()._execute_command(command, sql)

    def _read_bytes(self, num_bytes: int) -> bytes:
        self._left -= num_bytes
        if self._left < 0:
            self._force_close()
            raise OperationalError(CR.CR_NET_PACKET_TOO_LARGE, "The server sends more than this connection takes.")
        found: bytes = super()._read_bytes(num_bytes)
        return found
