"""What a connection is, as stored in the registry of assets. Secrets are named, never held."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from opsloom.kit.model import Text

_SECRET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\x80-\xff]*")
_OWN_HEADERS = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


class ConnectionType(StrEnum):
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"
    SQLALCHEMY = "sqlalchemy"
    HTTP = "http"
    PROMETHEUS = "prometheus"
    REDIS = "redis"
    SMTP = "smtp"
    MODEL = "model"


class Tls(StrEnum):
    """How a database connection is encrypted; `verify` also proves that the server has the name it is called by."""

    DISABLE = "disable"
    PREFER = "prefer"
    REQUIRE = "require"
    VERIFY = "verify"


class ModelProvider(StrEnum):
    """Whose protocol a language model speaks; `openai` stands for everything that speaks it alike."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    OLLAMA = "ollama"


class MailSecurity(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def _secret_name(name: str) -> str:
    if not _SECRET_NAME.fullmatch(name):
        raise ValueError("must be lower-case letters, digits, dots, hyphens and underscores, in parts joined by /")
    return name


def header_name(name: str) -> str:
    """A header a connection may send: one that HTTP itself does not need for framing."""
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
        raise ValueError("is not a header that a connection may send")
    return name


def header_value(value: str) -> str:
    """Text that a header can carry."""
    if not _HEADER_VALUE.fullmatch(value):
        raise ValueError("holds characters that a header cannot carry")
    return value


SecretName = Annotated[
    str,
    Field(min_length=1, max_length=200, examples=["orders-db/password"], pattern=_SECRET_NAME.pattern.join("^$")),
    AfterValidator(_secret_name),
]
HeaderName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(header_name)]
HeaderValue = Annotated[Text, Field(max_length=4000), AfterValidator(header_value)]
Host = Annotated[Text, Field(min_length=1, max_length=253, examples=["db.example.com"])]
Port = Annotated[int, Field(ge=1, le=65535)]
Word = Annotated[Text, Field(min_length=1, max_length=200)]
Pem = Annotated[Text, Field(max_length=100_000, description="Certificates to trust instead of the system's (PEM).")]
FilePath = Annotated[
    Text, Field(min_length=1, max_length=500, description="Inside the tenant's folder of files.", examples=["shop.db"])
]
Address = Annotated[Text, Field(min_length=8, max_length=2000, examples=["https://api.example.com/v1"])]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretRef(_Stored):
    """The name of a secret of the vault."""

    secret: SecretName


class _Database(_Stored):
    host: Host
    database: Word
    user: Word
    password: SecretRef | None = None
    tls: Tls = Tls.PREFER
    ca: Pem | None = None


class PostgresqlConfig(_Database):
    """A PostgreSQL server."""

    type: Literal[ConnectionType.POSTGRESQL] = ConnectionType.POSTGRESQL
    port: Port = 5432


class MysqlConfig(_Database):
    """A MySQL or MariaDB server."""

    type: Literal[ConnectionType.MYSQL] = ConnectionType.MYSQL
    port: Port = 3306


class SqliteConfig(_Stored):
    """A SQLite file, opened for reading."""

    type: Literal[ConnectionType.SQLITE] = ConnectionType.SQLITE
    path: FilePath


class DuckdbConfig(_Stored):
    """A DuckDB file, opened for reading."""

    type: Literal[ConnectionType.DUCKDB] = ConnectionType.DUCKDB
    path: FilePath


class SqlalchemyConfig(_Stored):
    """Any database by SQLAlchemy URL, as far as its driver is installed and known. The password is never in the URL."""

    type: Literal[ConnectionType.SQLALCHEMY] = ConnectionType.SQLALCHEMY
    url: Annotated[Text, Field(min_length=8, max_length=2000, examples=["mysql+pymysql://reader@db.example.com/shop"])]
    password: SecretRef | None = None
    tls: Tls = Tls.PREFER
    ca: Pem | None = None


class NoAuth(_Stored):
    """No credential is sent."""

    type: Literal["none"] = "none"


class BasicAuth(_Stored):
    type: Literal["basic"] = "basic"
    user: Word
    password: SecretRef


class BearerAuth(_Stored):
    type: Literal["bearer"] = "bearer"
    token: SecretRef


class ApiKeyAuth(_Stored):
    """A key in a header or in the query."""

    type: Literal["api_key"] = "api_key"
    place: Literal["header", "query"] = "header"
    name: HeaderName
    key: SecretRef


class Oauth2Auth(_Stored):
    """OAuth 2 client credentials (RFC 6749, section 4.4); the token is kept until shortly before it ends."""

    type: Literal["oauth2"] = "oauth2"
    token_url: Address
    client_id: Word
    client_secret: SecretRef
    scope: Annotated[Text, Field(max_length=1000)] = ""
    audience: Annotated[Text, Field(max_length=1000)] = ""
    send_in: Literal["header", "body"] = Field("header", description="How the client proves itself to the token URL.")


Auth = Annotated[NoAuth | BasicAuth | BearerAuth | ApiKeyAuth | Oauth2Auth, Field(discriminator="type")]


class HttpConfig(_Stored):
    """An HTTP service; calls go to paths below `url`."""

    type: Literal[ConnectionType.HTTP] = ConnectionType.HTTP
    url: Address
    auth: Auth = NoAuth()
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = {}
    test_path: Annotated[Text, Field(max_length=1000, description="What the test asks for, below the URL.")] = ""


class PrometheusConfig(_Stored):
    """A Prometheus, or whatever answers its HTTP API."""

    type: Literal[ConnectionType.PROMETHEUS] = ConnectionType.PROMETHEUS
    url: Address
    auth: Auth = NoAuth()
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = {}


class RedisConfig(_Stored):
    """A Redis, browsed and never written."""

    type: Literal[ConnectionType.REDIS] = ConnectionType.REDIS
    host: Host
    port: Port = 6379
    database: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    user: Word | None = None
    password: SecretRef | None = None
    tls: bool = False
    ca: Pem | None = None


class SmtpConfig(_Stored):
    """A mail server that takes what Opsloom sends."""

    type: Literal[ConnectionType.SMTP] = ConnectionType.SMTP
    host: Host
    port: Port = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: Word | None = None
    password: SecretRef | None = None
    ca: Pem | None = None


Price = Annotated[float, Field(ge=0, le=100_000, description="US dollars for a million tokens, where it is known.")]


class ModelConfig(_Stored):
    """A language model at its provider. What may be asked of it, and how often, says a policy of models."""

    type: Literal[ConnectionType.MODEL] = ConnectionType.MODEL
    provider: ModelProvider = ModelProvider.OPENAI
    url: Annotated[
        Text,
        Field(
            min_length=8,
            max_length=2000,
            description="Where the protocol begins: https://api.openai.com/v1, https://api.anthropic.com, "
            "https://generativelanguage.googleapis.com, http://127.0.0.1:11434/v1 (Ollama).",
            examples=["https://api.openai.com/v1"],
        ),
    ]
    model: Annotated[Text, Field(min_length=1, max_length=200, examples=["gpt-4o-mini"])]
    key: SecretRef | None = None
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = {}
    price_in: Price | None = None
    price_out: Price | None = None

    @property
    def auth(self) -> Auth:
        """Where the provider looks for the key."""
        if self.key is None:
            return NoAuth()
        match self.provider:
            case ModelProvider.ANTHROPIC:
                return ApiKeyAuth(name="x-api-key", key=self.key)
            case ModelProvider.GOOGLE:
                return ApiKeyAuth(name="x-goog-api-key", key=self.key)
            case _:
                return BearerAuth(token=self.key)


SqlConfig = PostgresqlConfig | MysqlConfig | SqliteConfig | DuckdbConfig | SqlalchemyConfig
WebConfig = HttpConfig | PrometheusConfig | ModelConfig
AnyConfig = SqlConfig | WebConfig | RedisConfig | SmtpConfig
Config = Annotated[AnyConfig, Field(discriminator="type")]


class Limits(_Stored):
    """What one use of the connection may take. `pool` is how many run at once."""

    connect_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    total_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    rows: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    bytes: Annotated[int, Field(ge=1, le=1_000_000_000)] = 10_000_000
    pool: Annotated[int, Field(ge=1, le=50)] = 4


class ConnectionContent(_Stored):
    """The content of an asset of kind `connection`."""

    description: Annotated[Text, Field(max_length=2000)] = ""
    config: Config
    limits: Limits = Limits()
    writes: Annotated[
        bool, Field(description="APIs that change rows may be built on it; its user's rights decide over what.")
    ] = False


def secrets_of(config: BaseModel, pointer: str = "/config") -> Iterator[tuple[str, str]]:
    """Each place of a config that names a secret, as JSON Pointer, with the secret's name."""
    for field in type(config).model_fields:
        value = getattr(config, field)
        if isinstance(value, SecretRef):
            yield f"{pointer}/{field}", value.secret
        elif isinstance(value, BaseModel):
            yield from secrets_of(value, f"{pointer}/{field}")
