"""Puts incidents and escalation together for one process; the composition root calls it."""

from typing import Final

from opsloom.alerts.escalation import routes as escalation_routes
from opsloom.alerts.escalation import run
from opsloom.alerts.incidents import listen
from opsloom.alerts.incidents import routes as incident_routes
from opsloom.alerts.incidents.journal import Followers
from opsloom.alerts.incidents.listen import Correlator
from opsloom.alerts.oncall import routes as oncall_routes
from opsloom.alerts.timers.service import Handlers
from opsloom.infra.core import Core

ROUTERS: Final = (incident_routes.router, oncall_routes.router, escalation_routes.router)


def install(core: Core) -> Correlator:
    """Make the parts that do what is due and hear of incidents; returns the listener of alerts."""
    core.parts[Handlers] = Handlers({listen.QUIET: listen.end_quiet, run.STEP: run.take_step, run.SLA: run.breach})
    followers = core.parts[Followers] = Followers([run.follow])
    return Correlator(followers)
