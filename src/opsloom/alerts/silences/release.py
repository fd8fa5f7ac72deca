"""Telling what was kept quiet, once nothing keeps it quiet any more and it still fires.

Only the transition that made an alert fire is told late, and only while the alert fires: what has been resolved or acknowledged
meanwhile is news to nobody. A line of the ledger is released at most once (its repeat names it), so running twice, on two nodes or
after a clock went back tells nobody twice.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import repository as alerts
from opsloom.alerts.silences import force
from opsloom.identity.scope import Scope
from opsloom.notifications import held


async def release(session: AsyncSession, scope: Scope, now: datetime) -> int:
    """Tell of every alert that fires and is kept quiet no more; how many lines of the ledger that made."""
    firing = await alerts.firing_transitions(session)
    lines = await held.of_transitions(session, list(firing)) if firing else []
    if not lines:
        return 0
    waiting = {line.transition_id: firing[line.transition_id] for line in lines if line.transition_id in firing}
    quiet = await force.mutes(session, now, list(waiting.values()))
    free = [line for line in lines if line.transition_id in waiting and not quiet[waiting[line.transition_id].id]]
    return len(await held.release(session, scope, free))
