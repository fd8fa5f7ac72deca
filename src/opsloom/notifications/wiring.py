"""Puts notifications together for one process; the composition root calls it."""

from opsloom.infra.core import Core
from opsloom.notifications.channels.types import Senders
from opsloom.notifications.channels.webhook import WebhookSender
from opsloom.notifications.content import ChannelType


def install(core: Core) -> None:
    """Make the part that delivers, to be found by its class."""
    core.parts[Senders] = Senders({ChannelType.WEBHOOK: WebhookSender(core.http)})
