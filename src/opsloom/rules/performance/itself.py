"""What Opsloom reports of itself, as samples of an item of its own: how far the engine is behind, deliveries that failed, breakers that
are open, events that were refused.

It reports to tenants that have a rule about it, so nobody else gets an item and a minute's samples that nobody asked for. Breakers
are those of the process that runs the job, or of all when they are shared through Redis.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.events import service as events
from opsloom.identity.scope import Scope
from opsloom.infra.breaker_news import tenant_of
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.kit.resilience.breaker import BreakerState
from opsloom.notifications import service as notifications
from opsloom.rules import repository
from opsloom.rules.feeds import EventFeed, Feed, SampleFeed
from opsloom.rules.kind import RULE
from opsloom.rules.moments import to_datetime

ITEM: Final = ("application", "Opsloom")
"""What the samples are of: its type and name."""
SOURCE: Final = "opsloom"
LATELY: Final = timedelta(minutes=5)
_METRICS: Final = "opsloom."
_UNITS: Final = {"opsloom.engine_lag_s": "s"}


async def report(core: Core, scope: Scope) -> int:
    """One look, stored; how many samples that made."""
    now = core.clock.now()
    breakers = await core.breakers.store.views()
    open_ones = [one for one in breakers if one.state is BreakerState.OPEN and tenant_of(one.key) == scope.tenant_id]
    async with core.db.transaction(scope) as session:
        if not await _asked(session):
            return 0
        values = {
            "opsloom.engine_lag_s": await _lag_s(session, scope, now),
            "opsloom.deliveries_failed": float(await notifications.failed_since(session, now - LATELY)),
            "opsloom.breakers_open": float(len(open_ones)),
            "opsloom.intake_refused": float(await events.refused_since(session, now - LATELY)),
        }
        items = await inventory.measured_items(session, scope, {ITEM}, SOURCE, now)
        samples = [
            inventory.Sample(items[ITEM], metric, now, value, {}, _UNITS.get(metric, "count"))
            for metric, value in values.items()
        ]
        return await inventory.record_samples(await inventory.driver_of(session), scope, samples)


async def _asked(session: AsyncSession) -> bool:
    """Whether a rule in force watches what is reported here."""
    sources = [version.content.get("source") for _, version in await assets.list_published(session, RULE)]
    return any(isinstance(one, dict) and str(one.get("metric", "")).startswith(_METRICS) for one in sources)


async def _lag_s(session: AsyncSession, scope: Scope, now: datetime) -> float:
    """How long ago the engine moved on, if it has left something behind since; no longer than that has waited."""
    progress, moved_at = await repository.progress(session), await repository.progressed_at(session)
    if progress is None or moved_at is None:
        return 0.0
    connection = await inventory.driver_of(session)
    feeds: list[tuple[Feed, tuple[int, int]]] = [(SampleFeed(), progress.samples), (EventFeed(), progress.events)]
    waiting = [(await feed.read(connection, scope, place, 1)).batch for feed, place in feeds]
    times = [int(batch.times[0]) for batch in waiting if len(batch)]
    if not times:
        return 0.0
    return max(0.0, (now - max(moved_at, to_datetime(min(times)))).total_seconds())
