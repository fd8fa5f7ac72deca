"""Tells open pages that events arrived."""

from opsloom.infra.announcer import Announcer
from opsloom.infra.db import Database

TOPIC = "events"


class EventAnnouncer(Announcer):
    """Component."""

    name = "event-announcer"

    def __init__(self, db: Database, *, interval_s: float = 0.5) -> None:
        super().__init__(db, (TOPIC, "events.stored"), interval_s=interval_s)
