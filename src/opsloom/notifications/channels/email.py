"""E-mail: one plain message to all recipients, through an SMTP connection or a server that the channel names."""

from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Final

from opsloom.connections.errors import CredentialsRefused, MailRefused
from opsloom.connections.service import Connections, Limits, Mail, MailSecurity, Posted, SmtpConfig
from opsloom.kit.clock import Clock
from opsloom.notifications.attempts import FailReason, Tried
from opsloom.notifications.channels.types import Outgoing, ReceiverFailed
from opsloom.notifications.content import ServiceConfig

LIMITS: Final = Limits(connect_s=5.0, total_s=20.0)


class EmailSender:
    """Speaks SMTP to addresses that were checked."""

    def __init__(self, connections: Connections, limits: Limits = LIMITS) -> None:
        self._connections = connections
        self._limits = limits

    async def send(self, outgoing: Outgoing, clock: Clock) -> Tried:
        """Taken by the server, or refused for good. Raises ReceiverFailed when it asks to come again; see Connections.post."""
        config = outgoing.content.config
        assert isinstance(config, ServiceConfig)
        to = [str(each) for each in _list(config.fields["to"])]
        mail = Mail(str(config.fields["sender"]), tuple(to), message(outgoing, to, clock))
        try:
            posted = await self._post(config, outgoing, mail)
        except MailRefused as refused:
            if 400 <= refused.answer < 500:
                raise ReceiverFailed(refused.message, refused.answer) from refused
            return Tried(
                False, status_code=refused.answer, error=refused.message, reason=FailReason.REFUSED_BY_RECEIVER
            )
        except CredentialsRefused as refused:
            return Tried(False, error=refused.message, reason=FailReason.REFUSED_BY_RECEIVER)
        # Those who got it would get it twice by a repeat, so that some were left out is written down and no more.
        left_out = "; ".join(f"{name}: {why}" for name, why in posted.refused.items())
        return Tried(True, status_code=250, error=f"Not taken for {left_out}"[:500] if left_out else None)

    async def _post(self, config: ServiceConfig, outgoing: Outgoing, mail: Mail) -> Posted:
        connection = config.fields.get("connection")
        if connection is not None:
            return await self._connections.post(outgoing.scope, str(connection), mail)
        server = SmtpConfig(
            host=str(config.fields["host"]),
            port=int(str(config.fields["port"])),
            security=MailSecurity(str(config.fields["security"])),
            user=str(config.fields["user"]) or None,
        )
        return await self._connections.post_by(server, outgoing.sealed.values.get("password"), mail, self._limits)


def message(outgoing: Outgoing, to: list[str], clock: Clock) -> bytes:
    """The mail. All that is told of one alert hangs together in the reader's mailbox; robots do not answer it."""
    config = outgoing.content.config
    assert isinstance(config, ServiceConfig)
    sender = str(config.fields["sender"])
    domain = sender.rpartition("@")[2]
    made = EmailMessage(policy=SMTP_POLICY)
    made["Subject"] = " ".join(outgoing.words.title.split())
    made["From"], made["To"] = sender, ", ".join(to)
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{outgoing.message_id}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    if outgoing.dedup_key is not None:
        made["References"] = f"<{outgoing.dedup_key}@{domain}>"
    made.set_content(outgoing.words.text)
    return made.as_bytes()


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
