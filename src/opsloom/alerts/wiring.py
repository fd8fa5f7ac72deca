"""Puts alerts together for one process; the composition root calls it and adds who listens."""

from opsloom.alerts.service import Listener, Listeners
from opsloom.infra.core import Core


def install(core: Core, *listeners: Listener) -> None:
    """Keep who is told of transitions, to be found by its class."""
    core.parts[Listeners] = Listeners(list(listeners))
