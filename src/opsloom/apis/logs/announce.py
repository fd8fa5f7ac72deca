"""Tells open pages that runs were logged. They ask for them by cursor: a busy API does not fill the stream."""

from opsloom.infra.announcer import Announcer
from opsloom.infra.db import Database

TOPIC = "api_runs"


class RunAnnouncer(Announcer):
    """Component."""

    name = "apis.run_announcer"

    def __init__(self, db: Database, *, interval_s: float = 1.0) -> None:
        super().__init__(db, (TOPIC, "api_runs.logged"), interval_s=interval_s)
