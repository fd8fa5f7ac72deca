"""PostgreSQL by psycopg. Statements run through a cursor declared for them: the server takes exactly one, and only one that reads."""

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, CursorResult, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from opsloom.connections.content import Limits, PostgresqlConfig, Tls
from opsloom.connections.dialing import hang_up
from opsloom.connections.errors import CredentialsRefused, QueryRefused, StatementTooLong, TargetLost
from opsloom.connections.results import Layer
from opsloom.connections.sql.place import Place
from opsloom.connections.sql.statement import Style
from opsloom.infra.pinned import TlsFailed
from opsloom.infra.secrets import SecretText
from opsloom.kit.errors import OpsloomError

_CANCEL_S = 1.0
_LOST = ("08", "57P01", "57P02", "57P03", "53300")
_SSL_MODES = {Tls.DISABLE: "disable", Tls.PREFER: "prefer", Tls.REQUIRE: "require", Tls.VERIFY: "verify-full"}
_ABOUT_ME = text(
    "select r.rolsuper, r.rolbypassrls, current_setting('transaction_read_only') = 'on',"
    " current_setting('statement_timeout'), exists (select from pg_stat_ssl where pid = pg_backend_pid() and ssl)"
    " from pg_roles r where r.rolname = current_user"
)
_WRITABLE = text(
    "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'"
    " and has_table_privilege(c.oid, 'insert, update, delete, truncate')"
)
_ROW_SECURITY = text(
    "select count(*) filter (where c.relrowsecurity), count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'"
)


class Postgres:
    """One PostgreSQL database."""

    name: ClassVar[str] = "PostgreSQL"
    grammar: ClassVar[str] = "postgres"
    style: ClassVar[Style] = Style.PERCENT
    limits_time: ClassVar[bool] = True
    endless: ClassVar[str] = "select pg_sleep(30)"

    def __init__(self, config: PostgresqlConfig, password: SecretText | None, place: Place) -> None:
        self._config = config
        self._password = password
        self._where = place
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def place(self) -> tuple[str, int] | None:
        return self._config.host, self._config.port

    def engine(self, limits: Limits) -> Engine:
        return create_engine(
            "postgresql+psycopg://",
            creator=lambda: self._connect(limits.connect_s),
            poolclass=QueuePool,
            pool_size=limits.pool,
            max_overflow=0,
            pool_timeout=limits.connect_s,
            pool_recycle=600,
            pool_pre_ping=True,
        )

    def _connect(self, limit_s: float) -> Any:
        import psycopg

        failure: Exception | None = None
        for address in self._where.addresses(self._config.host, self._config.port, limit_s):
            try:
                return psycopg.connect(**self._arguments(str(address), limit_s))
            except psycopg.OperationalError as error:
                if error.sqlstate or "authentication failed" in str(error):
                    raise
                failure = error
        assert failure is not None
        raise failure

    def _arguments(self, address: str, limit_s: float) -> dict[str, Any]:
        """Everything libpq would otherwise look for in files and variables of the server's own user is said here."""
        config = self._config
        return {
            "host": config.host.strip("[]"),
            "hostaddr": address,
            "port": config.port,
            "dbname": config.database,
            "user": config.user,
            "password": self._password.reveal() if self._password else "",
            "passfile": "/nonexistent/pgpass",
            "sslmode": _SSL_MODES[config.tls],
            "sslrootcert": self._certificates(),
            "sslcertmode": "disable",
            "gssencmode": "disable",
            "client_encoding": "utf8",
            "application_name": "opsloom",
            "connect_timeout": max(2, round(limit_s)),
            "prepare_threshold": None,
        }

    def _certificates(self) -> str:
        if self._config.tls is not Tls.VERIFY:
            return "/nonexistent/root.crt"
        if self._config.ca is None:
            return "system"
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="opsloom-ca-")
            (Path(self._folder.name) / "root.crt").write_text(self._config.ca, encoding="utf-8")
        return str(Path(self._folder.name) / "root.crt")

    def begin(self, connection: Connection, seconds: float, *, reading: bool = True) -> None:
        millis = max(1, round(seconds * 1000))
        connection.exec_driver_sql(
            f"set transaction {'read only' if reading else 'read write'}; set local statement_timeout = {millis};"
            f" set local lock_timeout = {millis}; set local idle_in_transaction_session_timeout = {millis + 5000}"
        )

    def check(self, sql: str) -> None:
        """The cursor it is declared for refuses everything that does not read."""

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def leave(self, connection: Connection, result: CursorResult[Any], *, complete: bool) -> None:
        cursor: Any = result.cursor
        result.close()
        if cursor is not None and not cursor.closed:
            cursor.close()  # the first attempt met a dead connection, and stopped half way

    def interrupt(self, raw: Any) -> None:
        import psycopg

        with contextlib.suppress(psycopg.Error):
            raw.cancel_safe(timeout=_CANCEL_S)

    def cut(self, raw: Any) -> None:
        import psycopg

        with contextlib.suppress(psycopg.Error):
            hang_up(raw.fileno())

    def judge(self, error: DBAPIError) -> OpsloomError:
        cause: Any = error.orig
        state = str(getattr(cause, "sqlstate", None) or "")
        message = str(getattr(getattr(cause, "diag", None), "message_primary", None) or cause).strip()[:1000]
        if state.startswith("28") or "authentication failed" in message:
            return CredentialsRefused(f"PostgreSQL refuses this user: {message}.")
        if not state and ("certificate" in message or "SSL" in message):
            return TlsFailed(f"PostgreSQL's server could not prove its identity or keep a secret: {message}.")
        if state == "57014":
            return StatementTooLong("PostgreSQL stopped the statement: it took too long.")
        if not state or state.startswith(_LOST):
            return TargetLost(f"PostgreSQL cannot be reached: {message}.")
        return QueryRefused(
            f"PostgreSQL says: {message}.", hint=str(getattr(cause.diag, "message_hint", None) or "") or None
        )

    def version(self, connection: Connection) -> str:
        return str(connection.exec_driver_sql("select version()").scalar_one()).split(" on ")[0]

    def type_name(self, description: Sequence[Any]) -> str:
        return str(getattr(description, "type_display", ""))

    def writing(self, connection: Connection) -> contextlib.AbstractContextManager[None]:
        """The user's rights are the wall."""
        return contextlib.nullcontext()

    def write_attempt(self, connection: Connection) -> str | None:
        return "create table opsloom_write_attempt (x integer)"

    def layers(self, connection: Connection) -> list[Layer]:
        superuser, bypass, reading, timeout, encrypted = connection.execute(_ABOUT_ME).one()
        writable = int(connection.execute(_WRITABLE).scalar_one())
        guarded, tables = connection.execute(_ROW_SECURITY).one()
        return [
            Layer(
                "not_superuser", not superuser, "The user is a superuser." if superuser else "The user is no superuser."
            ),
            Layer("read_only_role", writable == 0, f"The user may write to {writable} of {tables} tables."),
            Layer("read_only_transaction", bool(reading), "Statements run in a read-only transaction."),
            Layer("statement_timeout", timeout != "0", f"The server ends a statement after {timeout}."),
            Layer(
                "row_security",
                not bypass and not superuser and guarded > 0,
                "The user bypasses row security."
                if bypass or superuser
                else f"Row security guards {guarded} of {tables} tables.",
            ),
            Layer(
                "encrypted",
                bool(encrypted),
                "The connection is encrypted." if encrypted else "The connection is in clear text.",
            ),
        ]
