"""What the form needs to know of each type of connection."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from opsloom.connections.content import (
    ConnectionType,
    DuckdbConfig,
    HttpConfig,
    ModelConfig,
    MysqlConfig,
    PostgresqlConfig,
    PrometheusConfig,
    RedisConfig,
    SmtpConfig,
    SqlalchemyConfig,
    SqliteConfig,
)

_SQL = ("test", "browse", "query", "inspect", "safety")
_TYPES: Mapping[ConnectionType, tuple[type[BaseModel], tuple[str, ...]]] = {
    ConnectionType.POSTGRESQL: (PostgresqlConfig, _SQL),
    ConnectionType.MYSQL: (MysqlConfig, _SQL),
    ConnectionType.SQLITE: (SqliteConfig, _SQL),
    ConnectionType.DUCKDB: (DuckdbConfig, _SQL),
    ConnectionType.SQLALCHEMY: (SqlalchemyConfig, _SQL),
    ConnectionType.HTTP: (HttpConfig, ("test", "call", "safety")),
    ConnectionType.PROMETHEUS: (PrometheusConfig, ("test", "browse", "call", "promql", "safety")),
    ConnectionType.REDIS: (RedisConfig, ("test", "browse", "safety")),
    ConnectionType.SMTP: (SmtpConfig, ("test", "safety")),
    ConnectionType.MODEL: (ModelConfig, ("test", "safety")),
}


def described() -> Iterator[tuple[ConnectionType, dict[str, Any], list[str], list[str]]]:
    """Each type with its schema, the places of its secrets, and what can be done with it."""
    for kind, (model, can) in _TYPES.items():
        schema = model.model_json_schema()
        yield kind, schema, sorted(_secrets(schema, schema.get("$defs", {}), "")), list(can)


def _secrets(schema: Mapping[str, Any], defs: Mapping[str, Any], pointer: str) -> set[str]:
    """Where a SecretRef may stand, in any variant."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return {pointer} if name == "SecretRef" else _secrets(defs[name], defs, pointer)
    found: set[str] = set()
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        found |= _secrets(each, defs, pointer)
    for name, each in schema.get("properties", {}).items():
        found |= _secrets(each, defs, f"{pointer}/{name}")
    return found
