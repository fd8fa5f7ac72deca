"""Puts notifications together for one process; the composition root calls it."""

from opsloom.connections.service import Connections
from opsloom.infra.core import Core
from opsloom.notifications.channels.apprise import AppriseSender
from opsloom.notifications.channels.email import EmailSender
from opsloom.notifications.channels.services import BUILT
from opsloom.notifications.channels.types import Senders
from opsloom.notifications.channels.webhook import WebhookSender
from opsloom.notifications.content import ChannelType
from opsloom.notifications.stages import Stages


def install(core: Core) -> None:
    """Make the part that delivers and the one that holds the stages, to be found by their classes."""
    core.parts[Stages] = Stages()
    apprise = AppriseSender(core.http)
    core.parts[Senders] = Senders(
        {
            ChannelType.WEBHOOK: WebhookSender(core.http),
            ChannelType.EMAIL: EmailSender(core.part(Connections)),
            **dict.fromkeys(BUILT, apprise),
        }
    )
