"""What each database does its own way. The session (`sql.session`) does the rest the same for all."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol

from sqlalchemy import Connection, CursorResult, Engine
from sqlalchemy.exc import DBAPIError

from opsloom.connections.content import Limits
from opsloom.connections.results import Layer
from opsloom.connections.sql.statement import Style
from opsloom.kit.errors import OpsloomError


class Flavour(Protocol):
    """One database as configured. Methods but `locate` run in the session's threads."""

    name: ClassVar[str]
    """As people call it."""
    grammar: ClassVar[str]
    """The name of its grammar for the reader of statements."""
    style: ClassVar[Style]
    limits_time: ClassVar[bool]
    """Whether the database itself ends a statement when its time is over."""
    endless: ClassVar[str]
    """A statement that ends only by being ended (or after half a minute)."""

    @property
    def place(self) -> tuple[str, int] | None:
        """Host and port, or None for a file."""
        ...

    def engine(self, limits: Limits) -> Engine:
        """A pool of `limits.pool` connections, each opened to a checked address or file."""
        ...

    def begin(self, connection: Connection, seconds: float, *, reading: bool = True) -> None:
        """Make the transaction that has just begun a reading one whose statements end by themselves after `seconds`. Only the
        self-test asks for one that may write, to see whether the user's rights stop it."""
        ...

    def check(self, sql: str) -> None:
        """Refuse a statement that a reading transaction would not stop. Raises QueryRefused."""
        ...

    def leave(self, connection: Connection, result: CursorResult[Any], *, complete: bool) -> None:
        """Close a result; of one that is not complete no more rows are wanted, and nobody is to wait for them."""
        ...

    def interrupt(self, raw: Any) -> None:
        """Stop what runs on a driver's connection, politely; called from another thread."""
        ...

    def cut(self, raw: Any) -> None:
        """End a driver's connection under the thread that waits on it; called from another thread."""
        ...

    def judge(self, error: DBAPIError) -> OpsloomError:
        """A driver's error as ours, without anything secret."""
        ...

    def version(self, connection: Connection) -> str:
        """What the server says it is."""
        ...

    def type_name(self, description: Sequence[Any]) -> str:
        """The database's word for a column's type, from the driver's description of it; empty if it does not tell."""
        ...

    def writing(self, connection: Connection) -> AbstractContextManager[None]:
        """Around a user's statement that changes rows: what else the database can forbid it, it forbids."""
        ...

    def write_attempt(self, connection: Connection) -> str | None:
        """A statement that writes and can be rolled back or changes no row; None where there is nothing to try it on."""
        ...

    def layers(self, connection: Connection) -> list[Layer]:
        """Which of the database's own safety layers hold for this user."""
        ...

    def close(self) -> None:
        """Let go of what the flavour itself holds; its pool is closed before."""
        ...
