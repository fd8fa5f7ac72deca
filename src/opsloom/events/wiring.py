"""The parts of events that live as long as the process does."""

from opsloom.events.announce import EventAnnouncer
from opsloom.events.commit import GroupCommit
from opsloom.infra.core import Core


def install(core: Core) -> None:
    """Give the process its one group commit and its announcer."""
    announcer = EventAnnouncer(core.db)
    core.parts[EventAnnouncer] = announcer
    core.parts[GroupCommit] = GroupCommit(core.db, core.clock, on_stored=announcer.note)
