"""A mail server as an open connection: it is greeted, secured and signed in to; a test sends nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from opsloom.connections.content import Limits, MailSecurity, SmtpConfig
from opsloom.connections.dialing import Dialer, tls_context
from opsloom.connections.errors import ConnectionTypeUnfit, CredentialsRefused, MailRefused, TargetFailed, TargetLost
from opsloom.connections.opened import Steps
from opsloom.connections.results import Layer, Mail, Node, Posted
from opsloom.infra.pinned import TlsFailed
from opsloom.infra.secrets import SecretText
from opsloom.kit.errors import DeadlinePassed, OpsloomError

_OWN_NAME = "opsloom"


class MailServer:
    """One version of an SMTP connection."""

    def __init__(self, config: SmtpConfig, password: SecretText | None, limits: Limits, dialer: Dialer) -> None:
        self._config = config
        self._password = password
        self._limits = limits
        self._dialer = dialer

    async def test(self, steps: Steps) -> None:
        config = self._config
        async with steps.step("resolve") as note:
            found = await self._dialer.addresses(config.host, config.port, self._limits.connect_s)
            note.detail = ", ".join(str(each) for each in found)
        client = await self._signed_in(steps)
        try:
            async with steps.step("noop") as note, _translated(config.host):
                note.detail = (await client.noop()).message[:200]
        finally:
            client.close()

    async def post(self, mail: Mail) -> Posted:
        """Hand over one mail. Raises MailRefused when the server does not take it for any recipient, and as a test does."""
        client = await self._signed_in(Steps())
        try:
            async with _translated(self._config.host):
                refused, said = await client.sendmail(mail.sender, list(mail.to), mail.message)
        finally:
            client.close()
        return Posted(said[:200], {name: f"{each.code} {each.message}"[:200] for name, each in refused.items()})

    async def _signed_in(self, steps: Steps) -> SMTP:
        config = self._config
        client = await self._greeted(steps)
        try:
            async with steps.step("ehlo") as note, _translated(config.host):
                answer = await client.ehlo()
                note.detail = answer.message.splitlines()[0][:200]
            if config.security is MailSecurity.STARTTLS:
                async with steps.step("starttls") as note, _translated(config.host):
                    await client.starttls()
                    await client.ehlo()
                    note.detail = "The connection is encrypted and the server proved its name."
            if config.user is not None and self._password is not None:
                async with steps.step("authenticate") as note, _translated(config.host):
                    await client.login(config.user, self._password.reveal())
                    note.detail = f"The server takes {config.user}."
        except BaseException:
            client.close()
            raise
        return client

    async def _greeted(self, steps: Steps) -> SMTP:
        config, limits = self._config, self._limits
        async with steps.step("connect") as note, _translated(config.host):
            sock = await self._dialer.socket(config.host, config.port, limits.connect_s)
            client = SMTP(
                hostname=config.host.strip("[]"),
                sock=sock,
                local_hostname=_OWN_NAME,
                timeout=limits.total_s,
                use_tls=config.security is MailSecurity.TLS,
                start_tls=False,
                tls_context=None if config.security is MailSecurity.NONE else tls_context(verify=True, ca=config.ca),
            )
            try:
                greeting = await client.connect()
            except BaseException:
                sock.close()
                raise
            note.detail = greeting.message.splitlines()[0][:200] if greeting.message else "It greets."
        return client

    async def browse(self, path: str) -> list[Node]:
        del path
        raise ConnectionTypeUnfit("A mail server has nothing to browse.")

    async def safety(self) -> list[Layer]:
        encrypted = self._config.security is not MailSecurity.NONE
        return [
            Layer(
                "encrypted", encrypted, "Mail goes over TLS." if encrypted else "Mail and password go in clear text."
            ),
            Layer("address_checked", True, "Each connection goes to an address that was checked."),
        ]

    @property
    def in_use(self) -> int:
        return 0

    async def close(self) -> None:
        """Every use has a connection of its own."""


@asynccontextmanager
async def _translated(host: str) -> AsyncIterator[None]:
    """The library's errors as ours, without anything that was sent."""
    try:
        yield
    except SMTPException as error:
        raise _judged(error, host) from error
    except (OSError, ValueError) as error:
        raise TargetLost(f"The connection to {host} broke ({type(error).__name__}).") from error


def _judged(error: SMTPException, host: str) -> OpsloomError:
    if isinstance(error, SMTPRecipientsRefused):
        first = error.recipients[0]
        return MailRefused(f"{host} takes it for nobody: {first.code} {first.message}"[:300], first.code)
    message = str(error.message)[:300]
    if isinstance(error, SMTPSenderRefused | SMTPDataError):
        return MailRefused(f"{host} answered {error.code} {message}", error.code)
    if isinstance(error, SMTPAuthenticationError):
        return CredentialsRefused(f"{host} refuses the credentials: {error.code} {message}.")
    if isinstance(error, SMTPTimeoutError):
        return DeadlinePassed(f"{host} did not answer in time.")
    if isinstance(error, SMTPNotSupported):
        return TargetFailed(f"{host} cannot do what is asked: {message}.")
    if "certificate" in message.lower() or "ssl" in message.lower():
        return TlsFailed(f"{host} could not prove its identity: {message}.")
    if isinstance(error, ConnectionError):
        return TargetLost(f"{host} went away: {message}.")
    return TargetFailed(f"{host} did not answer as a mail server: {message}.")
