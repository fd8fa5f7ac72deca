"""Puts notifications together for one process; the composition root calls it."""

from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.notifications.channels.types import Senders
from opsloom.notifications.channels.webhook import WebhookSender
from opsloom.notifications.content import ChannelType
from opsloom.notifications.directory import Tools


def install(core: Core) -> None:
    """Make the parts, to be found by their class; needs `Secrets` among them."""
    core.parts |= {
        Senders: Senders({ChannelType.WEBHOOK: WebhookSender(core.http)}),
        Tools: Tools(core.part(Secrets), core.http.policy, core.clock),
    }
