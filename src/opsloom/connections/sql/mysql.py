"""MySQL and MariaDB by PyMySQL, on sockets of our own dialling."""

import contextlib
import ssl
from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, CursorResult, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from opsloom.connections.content import Limits, MysqlConfig, Tls
from opsloom.connections.dialing import hang_up, tls_context
from opsloom.connections.errors import CredentialsRefused, QueryRefused, ResultTooLarge, StatementTooLong, TargetLost
from opsloom.connections.results import Layer
from opsloom.connections.sql.job import connecting
from opsloom.connections.sql.place import Place
from opsloom.connections.sql.statement import Style, tokens
from opsloom.infra.pinned import TlsFailed
from opsloom.infra.secrets import SecretText
from opsloom.kit.errors import OpsloomError

_GRACE_S = 5.0
_OVERHEAD_BYTES = 1_000_000
_REFUSED_USER = {1044, 1045, 1130, 1133, 1251, 1410, 1698, 1820, 3118, 4151}
_MORE_THAN_TAKEN = 2020
_TOO_LONG = {1317, 1969, 3024}
_LOST = {
    1040,
    1053,
    1077,
    1080,
    1152,
    1153,
    1158,
    1159,
    1160,
    1161,
    1927,
    2002,
    2003,
    2006,
    2013,
    2014,
    2026,
    2027,
    2055,
}
_READS = {"SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "VALUES", "TABLE"}
_WRITES_FILES = {"OUTFILE", "DUMPFILE"}


class Mysql:
    """One MySQL or MariaDB database."""

    name: ClassVar[str] = "MySQL"
    grammar: ClassVar[str] = "mysql"
    style: ClassVar[Style] = Style.PERCENT
    limits_time: ClassVar[bool] = True
    endless: ClassVar[str] = "select sleep(30)"

    def __init__(self, config: MysqlConfig, password: SecretText | None, place: Place) -> None:
        self._config = config
        self._password = password
        self._where = place

    @property
    def place(self) -> tuple[str, int] | None:
        return self._config.host, self._config.port

    def engine(self, limits: Limits) -> Engine:
        return create_engine(
            "mysql+pymysql://",
            creator=lambda: self._connect(limits),
            poolclass=QueuePool,
            pool_size=limits.pool,
            max_overflow=0,
            pool_timeout=limits.connect_s,
            pool_recycle=600,
            pool_pre_ping=True,
        )

    def _connect(self, limits: Limits) -> Any:
        from opsloom.connections.sql.capped_mysql import CappedConnection

        config = self._config
        made = CappedConnection(
            cap=4 * limits.bytes + _OVERHEAD_BYTES,
            host=config.host.strip("[]"),
            port=config.port,
            user=config.user,
            password=self._password.reveal().encode() if self._password else b"",
            database=config.database,
            charset="utf8mb4",
            connect_timeout=limits.connect_s,
            read_timeout=limits.connect_s,
            write_timeout=limits.connect_s,
            local_infile=False,
            program_name="opsloom",
            defer_connect=True,
            **self._tls(),
        )
        sock = self._where.socket(config.host, config.port, limits.connect_s)
        try:
            made._sock = sock
            connecting(made)
            made.connect(sock)
        except BaseException:
            sock.close()
            raise
        made._read_timeout = made._write_timeout = limits.total_s + _GRACE_S  # the handshake has had its own
        return made

    def _tls(self) -> dict[str, Any]:
        tls = self._config.tls
        if tls is Tls.DISABLE:
            return {"ssl_disabled": True}
        if tls is Tls.PREFER:
            return {}
        return {"ssl": tls_context(verify=tls is Tls.VERIFY, ca=self._config.ca)}

    def begin(self, connection: Connection, seconds: float, *, reading: bool = True) -> None:
        if _is_mariadb(connection):
            limits = f"tx_read_only = {reading:d}, max_statement_time = {max(0.001, seconds):.3f}"
        else:
            limits = f"transaction_read_only = {reading:d}, max_execution_time = {max(1, round(seconds * 1000))}"
        connection.exec_driver_sql(f"set session {limits}")
        connection.exec_driver_sql(f"start transaction {'read only' if reading else 'read write'}")

    def check(self, sql: str) -> None:
        """What changes the session or writes files passes a reading transaction, so it is refused here."""
        words = tokens(sql, self.grammar)
        if not words or words[0].text.upper() not in _READS:
            raise QueryRefused("Only statements that read can be run.", hint="Begin with SELECT, WITH or SHOW.")
        for word in words:
            if any(comment.startswith(("!", "M!")) for comment in word.comments) or "/*!" in sql or "/*M!" in sql:
                raise QueryRefused("Comments that the server would run are not taken.")
            if word.text.upper() in _WRITES_FILES:
                raise QueryRefused("Statements that write files are not taken.")

    def close(self) -> None:
        """It holds nothing."""

    def leave(self, connection: Connection, result: CursorResult[Any], *, complete: bool) -> None:
        if not complete:  # the driver would read everything to the end before it lets go of a cursor
            raw: Any = connection.connection.dbapi_connection
            if raw._result is not None:
                raw._result.unbuffered_active = False
            raw._force_close()
            connection.invalidate()
        result.close()

    def interrupt(self, raw: Any) -> None:
        """It takes another connection to stop a statement; the server's own limit of time ends it as soon."""

    def cut(self, raw: Any) -> None:
        sock = getattr(raw, "_sock", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                hang_up(sock.fileno())

    def judge(self, error: DBAPIError) -> OpsloomError:
        cause: Any = error.orig
        number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
        message = str(cause.args[1] if len(cause.args) > 1 else cause).strip()[:1000]
        if isinstance(getattr(cause, "__cause__", None), ssl.SSLError) or isinstance(cause.__context__, ssl.SSLError):
            return TlsFailed(f"MySQL's server could not prove its identity: {message}.")
        if number == _MORE_THAN_TAKEN:
            return ResultTooLarge(message)
        if number in _REFUSED_USER:
            return CredentialsRefused(f"MySQL refuses this user: {message}.")
        if number in _TOO_LONG:
            return StatementTooLong("MySQL stopped the statement: it took too long.")
        if number in _LOST or number == 0:
            return TargetLost(f"MySQL cannot be reached: {message}.")
        return QueryRefused(f"MySQL says: {message}.")

    def version(self, connection: Connection) -> str:
        text = str(connection.exec_driver_sql("select version()").scalar_one())
        return f"MariaDB {text}" if "MariaDB" in text else f"MySQL {text}"

    def type_name(self, description: Sequence[Any]) -> str:
        from pymysql.constants import FIELD_TYPE

        names: dict[object, str] = {code: name for name, code in vars(FIELD_TYPE).items() if isinstance(code, int)}
        return names.get(description[1], "").lower()

    def writing(self, connection: Connection) -> contextlib.AbstractContextManager[None]:
        """The user's rights are the wall."""
        return contextlib.nullcontext()

    def write_attempt(self, connection: Connection) -> str | None:
        """MySQL cannot roll back a new table, so the attempt deletes no row of a table that is there."""
        found = connection.exec_driver_sql(
            "select table_schema, table_name from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema = database() limit 1"
        ).first()
        if found is None:
            return None
        schema, table = (str(each).replace("`", "``").replace("%", "%%") for each in found)
        return f"delete from `{schema}`.`{table}` where 1 = 0"

    def layers(self, connection: Connection) -> list[Layer]:
        grants = [str(row[0]).upper() for row in connection.exec_driver_sql("show grants")]
        rights = {
            right.strip() for grant in grants for right in grant.removeprefix("GRANT ").split(" ON ")[0].split(",")
        }
        mighty = rights & {"ALL PRIVILEGES", "SUPER"}
        writing = mighty | rights & {"INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "TRUNCATE"}
        files = mighty | rights & {"FILE"}
        cipher = connection.exec_driver_sql("show session status like 'Ssl_cipher'").one()[1]
        return [
            Layer(
                "not_superuser", not mighty, f"The user has {', '.join(sorted(mighty)) or 'no right over everything'}."
            ),
            Layer("read_only_role", not writing, f"The user may: {', '.join(sorted(rights))[:500].lower()}."),
            Layer(
                "no_files",
                not files,
                "The user may read and write files of the server." if files else "No right to files.",
            ),
            Layer("row_security", None, "MySQL has no row security."),
            Layer(
                "encrypted", bool(cipher), f"Encrypted with {cipher}." if cipher else "The connection is in clear text."
            ),
        ]


def _is_mariadb(connection: Connection) -> bool:
    raw: Any = connection.connection.dbapi_connection
    return "MariaDB" in raw.get_server_info()
