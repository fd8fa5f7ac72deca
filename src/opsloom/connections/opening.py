"""From a config to an open connection. Heavy drivers are imported when the first connection of their kind is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsloom.connections.content import (
    AnyConfig,
    ConnectionContent,
    HttpConfig,
    PrometheusConfig,
    RedisConfig,
    SmtpConfig,
)
from opsloom.connections.dialing import Dialer
from opsloom.connections.errors import ConnectionTypeUnfit
from opsloom.connections.opened import Opened
from opsloom.infra.http import Http
from opsloom.infra.secrets import SecretText


@dataclass(frozen=True)
class Tools:
    """What opening needs of the process."""

    http: Http
    dialer: Dialer


def open_connection(
    content: ConnectionContent, secrets: Mapping[str, SecretText], tools: Tools, folder: Path
) -> Opened:
    """Nothing is dialled yet. Raises DriverUnknown, InvalidInput. Call it on the event loop."""
    config: AnyConfig = content.config
    if isinstance(config, HttpConfig | PrometheusConfig):
        from opsloom.connections.web.credentials import Credentials
        from opsloom.connections.web.service import WebService

        credentials = Credentials(config.auth, secrets, tools.http)
        return WebService(config, content.limits, credentials, tools.http, tools.dialer)
    if isinstance(config, RedisConfig | SmtpConfig):
        raise ConnectionTypeUnfit(f"{config.type} cannot be opened.")
    from opsloom.connections.sql.database import Database
    from opsloom.connections.sql.flavours import flavour_of

    return Database(flavour_of(config, secrets, tools.dialer, folder), content.limits, tools.dialer)
