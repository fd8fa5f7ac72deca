"""From a config to an open connection. Heavy drivers are imported when the first connection of their kind is opened."""

from collections.abc import Mapping
from pathlib import Path

from opsloom.connections.content import (
    AnyConfig,
    ConnectionContent,
    HttpConfig,
    ModelConfig,
    PrometheusConfig,
    RedisConfig,
    SmtpConfig,
)
from opsloom.connections.dialing import Tools
from opsloom.connections.opened import Opened
from opsloom.infra.secrets import SecretText


def open_connection(
    content: ConnectionContent, secrets: Mapping[str, SecretText], tools: Tools, folder: Path
) -> Opened:
    """Nothing is dialled yet. Raises DriverUnknown, InvalidInput. Call it on the event loop."""
    config: AnyConfig = content.config
    if isinstance(config, HttpConfig | PrometheusConfig | ModelConfig):
        from opsloom.connections.web.credentials import Credentials
        from opsloom.connections.web.service import WebService

        credentials = Credentials(config.auth, secrets, tools.http)
        if isinstance(config, PrometheusConfig):
            from opsloom.connections.web.prometheus import Prometheus

            return Prometheus(config, content.limits, credentials, tools)
        if isinstance(config, ModelConfig):
            from opsloom.connections.web.model import ModelService

            return ModelService(config, content.limits, credentials, tools)
        return WebService(config, content.limits, credentials, tools)
    if isinstance(config, RedisConfig | SmtpConfig):
        password = secrets[config.password.secret] if config.password is not None else None
        if isinstance(config, RedisConfig):
            from opsloom.connections.redis_keys import RedisKeys

            return RedisKeys(config, password, content.limits, tools.dialer)
        from opsloom.connections.mail import MailServer

        return MailServer(config, password, content.limits, tools.dialer)
    from opsloom.connections.sql.database import Database
    from opsloom.connections.sql.flavours import flavour_of, writing_flavour

    flavour = flavour_of(config, secrets, tools.dialer, folder)
    writing = writing_flavour(flavour) if content.writes else None
    return Database(flavour, content.limits, tools.dialer, writing)
