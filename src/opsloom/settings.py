"""Every setting, read once by a composition root and passed down. Nothing else looks at the environment.

A wrong or weak value stops the start with a sentence that says what to change (`SettingsInvalid`).
"""

import ipaddress
import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "OPSLOOM_"
ROLES = ("viewer", "operator", "builder", "admin", "owner")


class Environment(StrEnum):
    """How strict the server is about its surroundings."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    CONSOLE = "console"


class ServeRole(StrEnum):
    """Which share of the work a process takes."""

    WEB = "web"
    ENGINE = "engine"
    WORKER = "worker"
    ALL = "all"


class SettingsInvalid(Exception):
    """The environment or settings file holds a value that cannot be used; the message says what to change."""


class Settings(BaseSettings):
    """The settings of one process; names in the environment carry the prefix `OPSLOOM_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(Path(".opsloom"), description="Folder of the embedded database, secrets and backups.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8700, ge=1, le=65535, description="Port to listen on.")
    env: Environment = Field(Environment.DEVELOPMENT, description="`development` or `production`.")
    public_url: str | None = Field(None, description="Address users reach the server by, when it differs.")
    database_url: SecretStr | None = Field(
        None, description="External PostgreSQL, as the role `opsloom_app`. Absent: the embedded server."
    )
    database_owner_url: SecretStr | None = Field(
        None, description="External PostgreSQL, as a role that may create roles and tables; only `migrate` uses it."
    )
    database_pool_size: int = Field(10, ge=2, le=200, description="Connections each process keeps at most.")
    admin_email: str | None = Field(None, description="Creates the first administrator unattended.")
    admin_password: SecretStr | None = Field(None, description="Password of that administrator, 12 characters or more.")
    redis_url: SecretStr | None = Field(None, description="Optional Redis to share state between several nodes.")
    master_key_file: Path | None = Field(None, description="File with the key that wraps all secrets (default: data).")
    egress_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Private hosts or networks that outgoing calls may reach, comma separated."
    )
    public_apis: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Slugs of the tenants that may publish APIs which anybody may call, comma separated."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Proxies in front, as addresses or networks, whose `X-Forwarded-For` tells the caller's address.",
    )
    files_dir: Path | None = Field(
        None, description="Folder with one folder a tenant (its short name) of SQLite and DuckDB files (default: data)."
    )
    monitor_tenant: str | None = Field(None, description="Slug of the tenant that owns this machine's metrics.")
    monitor_interval_s: float = Field(5.0, ge=1, le=3600, description="Seconds between two host measurements.")
    event_retention_days: int = Field(30, ge=2, le=3650, description="Days that events are kept.")
    metric_retention_days: int = Field(30, ge=2, le=3650, description="Days that metric samples are kept.")
    api_log_retention_days: int = Field(14, ge=2, le=3650, description="Days that runs of APIs are kept in the log.")
    llm_log_retention_days: int = Field(
        14, ge=1, le=3650, description="Days that calls to language models are kept in the log."
    )
    trace_retention_days: int = Field(14, ge=2, le=3650, description="Days that traces are kept.")
    trace_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of API runs, jobs and requests that are traced beyond the first few a second.",
    )
    workflow_runs_per_tenant: int = Field(
        16, ge=1, le=1000, description="Runs of one tenant that are worked on at once, by all processes together."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: LogFormat = Field(LogFormat.JSON, description="`json` or `console`.")
    otlp_endpoint: str | None = Field(None, description="OTLP/HTTP endpoint to send traces to.")
    oidc_issuer: str | None = Field(None, description="Issuer of an OpenID Connect provider for sign-in.")
    oidc_client_id: str | None = Field(None, description="Client id at that provider.")
    oidc_client_secret: SecretStr | None = Field(None, description="Client secret at that provider.")
    oidc_label: str = Field("Single sign-on", description="Text on the sign-in button.")
    oidc_tenant: str | None = Field(None, description="Slug of the tenant that new OIDC users join.")
    oidc_default_role: str = Field("viewer", description="Role of new OIDC users.")

    @field_validator("egress_allow", "public_apis", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            try:
                ipaddress.ip_network(text)
            except ValueError:
                raise ValueError(f"“{text}” is not an address or a network such as 10.0.0.0/8") from None
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise ValueError("must look like postgresql://role:password@host:5432/database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must look like redis://host:6379/0, rediss://… or unix:///path")
        return value

    @field_validator("public_url", "otlp_endpoint", "oidc_issuer")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("must be an http:// or https:// address")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.admin_email is None) != (self.admin_password is None):
            raise ValueError("set both OPSLOOM_ADMIN_EMAIL and OPSLOOM_ADMIN_PASSWORD, or neither")
        if self.admin_email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.admin_email):
            raise ValueError("OPSLOOM_ADMIN_EMAIL is not an e-mail address; write it as name@example.com")
        if self.admin_password is not None:
            _check_password(self.admin_email or "", self.admin_password.get_secret_value())
        oidc = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(part is not None for part in oidc) and None in oidc:
            raise ValueError("set OPSLOOM_OIDC_ISSUER, OPSLOOM_OIDC_CLIENT_ID and OPSLOOM_OIDC_CLIENT_SECRET together")
        if self.oidc_default_role not in ROLES:
            raise ValueError(f"OPSLOOM_OIDC_DEFAULT_ROLE must be one of {', '.join(ROLES)}")
        if self.env is Environment.PRODUCTION:
            self._check_production()
        return self

    def _check_production(self) -> None:
        """In production a server reachable from elsewhere must be reached over TLS."""
        if not is_loopback(self.host) and (self.public_url is None or not self.public_url.startswith("https://")):
            raise ValueError(
                "in production a server that listens beyond this machine needs OPSLOOM_PUBLIC_URL=https://… "
                "(put a TLS proxy in front), or OPSLOOM_HOST=127.0.0.1"
            )

    @property
    def origin(self) -> str:
        """The address to print and to build links with."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def embedded(self) -> bool:
        """True when Opsloom runs its own PostgreSQL."""
        return self.database_url is None


def _check_password(email: str, password: str) -> None:
    if len(password) < 12:
        raise ValueError("OPSLOOM_ADMIN_PASSWORD is too short; use 12 characters or more")
    if len(set(password)) < 5 or password.lower() == email.lower():
        raise ValueError("OPSLOOM_ADMIN_PASSWORD is too easy to guess; use a passphrase")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reachable from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`. Raises SettingsInvalid with one sentence a line."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        raise SettingsInvalid("\n".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: object) -> str:
    assert isinstance(problem, dict)
    where = "_".join(str(part) for part in problem["loc"]).upper()
    text = str(problem["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{where}: {text}." if where else f"{text}."


def override_environment(**values: object) -> None:
    """Command-line options win over the environment, also for a child process that is started with it."""
    for name, value in values.items():
        if value is not None:
            os.environ[PREFIX + name.upper()] = str(value)


def child_environment(**extra: str | None) -> dict[str, str]:
    """This process's environment for a program that it starts, with what is not None added."""
    return os.environ | {name: value for name, value in extra.items() if value is not None}
