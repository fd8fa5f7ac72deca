"""Where a PostgreSQL server is and who connects, in the forms each driver wants."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Dsn:
    """`host` is a folder for a Unix socket, else a name or address."""

    host: str
    port: int
    user: str
    database: str
    password: str | None = None
    sslmode: str | None = None

    @classmethod
    def parse(cls, url: str) -> "Dsn":
        """Read postgresql://user:password@host:port/database?host=/socket/folder&sslmode=require."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        return cls(
            host=query.get("host", [parts.hostname or "127.0.0.1"])[0],
            port=int(query.get("port", [parts.port or 5432])[0]),
            user=unquote(parts.username or query.get("user", ["opsloom_app"])[0]),
            database=unquote(parts.path.lstrip("/")) or "opsloom",
            password=unquote(parts.password) if parts.password else None,
            sslmode=query.get("sslmode", [None])[0],
        )

    def as_role(self, user: str, *, database: str | None = None) -> "Dsn":
        """The same server as another role, without this role's password."""
        return replace(self, user=user, password=None, database=database or self.database)

    def asyncpg(self) -> dict[str, Any]:
        """Keyword arguments of asyncpg.connect."""
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "database": self.database,
            "password": self.password,
        }
        if self.sslmode is not None:
            arguments["ssl"] = self.sslmode
        return arguments

    def psycopg(self) -> dict[str, Any]:
        """Keyword arguments of psycopg.connect."""
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "dbname": self.database,
            "password": self.password,
            "connect_timeout": 5,
        }
        if self.sslmode is not None:
            arguments["sslmode"] = self.sslmode
        return {key: value for key, value in arguments.items() if value is not None}

    def shown(self) -> str:
        """Without the password, for people and logs."""
        if self.host.startswith("/"):
            return f"postgresql://{self.user}@/{self.database}?host={self.host}&port={self.port}"
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.database}"
