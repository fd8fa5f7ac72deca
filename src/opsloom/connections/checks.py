"""What can be told about a connection without calling anybody: checked when it is saved into force and before a test."""

from urllib.parse import urlsplit

from opsloom.connections.content import (
    AnyConfig,
    DuckdbConfig,
    HttpConfig,
    ModelConfig,
    Oauth2Auth,
    PrometheusConfig,
    SqlalchemyConfig,
    SqliteConfig,
)
from opsloom.connections.files import check_path
from opsloom.connections.sql.url import config_of
from opsloom.infra.addresses import EgressPolicy, read_host
from opsloom.infra.http import read_url
from opsloom.kit.errors import InvalidInput


def check_config(config: AnyConfig, policy: EgressPolicy) -> None:
    """Raises EgressRefused, FileRefused, DriverUnknown, InvalidInput."""
    if isinstance(config, SqlalchemyConfig):
        check_config(config_of(config), policy)
    elif isinstance(config, SqliteConfig | DuckdbConfig):
        check_path(config.path)
    elif isinstance(config, HttpConfig | PrometheusConfig | ModelConfig):
        _check_url(config.url, policy)
        if isinstance(config.auth, Oauth2Auth):
            _check_url(config.auth.token_url, policy)
    else:
        _check_host(config.host, policy)


def _check_url(url: str, policy: EgressPolicy) -> None:
    parts = urlsplit(url)
    if parts.fragment:
        raise InvalidInput("The URL of a connection has no fragment (#…).")
    _check_host(read_url(url).raw_host.decode("ascii"), policy)


def _check_host(host: str, policy: EgressPolicy) -> None:
    """A name is judged when it is resolved; an address can be judged now."""
    found = read_host(host)
    if not isinstance(found, str):
        policy.check(str(found), [found])
