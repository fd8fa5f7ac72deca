"""Telling: a transition becomes lines of the ledger, and what people see of them.

Invariant: for one transition there is at most one line a channel, in the transaction that made the transition. If that commits,
each line is delivered already (in-app), was dropped by a stage, or has a job that will try; if it does not, there is nothing.
"""

from dataclasses import replace
from typing import Protocol
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import get_logger
from opsloom.notifications import directory, stages
from opsloom.notifications.content import Channel
from opsloom.notifications.pipeline import DropReason, plan, render
from opsloom.notifications.recording import Line, record
from opsloom.notifications.stages import Stages
from opsloom.notifications.subject import AlertLike, Subject, TransitionLike, subject_of

_DROPPED = Counter("opsloom_notifications_dropped_total", "Channels passed over for a transition.", ["reason"])

_log = get_logger(__name__)


class IncidentOf(Protocol):
    """Says which incident an alert belongs to; none is empty."""

    async def __call__(self, session: AsyncSession, alert_id: UUID, /) -> str: ...


class Telling:
    """Listens to alerts; asks the stages it was given, and for the incident where a channel counts by it."""

    def __init__(self, asked: Stages, incident_of: IncidentOf | None = None) -> None:
        self._stages = asked
        self._incident_of = incident_of

    async def __call__(
        self, session: AsyncSession, scope: Scope, alert: AlertLike, transition: TransitionLike, /
    ) -> None:
        """Record what each channel gets of an alert's transition, in the caller's transaction. Calling it again adds nothing."""
        subject = subject_of(alert, transition)
        routed = plan(subject, await directory.published(session, scope), await directory.routes(session, scope))
        for channel, reason in routed.dropped:
            _drop(subject, channel, reason)
        if not routed.taken:
            return
        if self._incident_of is not None and any(channel.counts_by("incident") for channel, _ in routed.taken):
            subject = replace(subject, incident=await self._incident_of(session, subject.alert_id))
        stopped = await stages.judge(self._stages.each, session, scope, subject)
        if stopped is not None:
            _DROPPED.labels(stopped.stage).inc()
        message = render(subject)
        for channel, way in routed.taken:
            line = Line(channel, message, subject, way=way)
            if await record(session, scope, replace(line, stopped=stopped)) is None:
                _drop(subject, channel, DropReason.ALREADY_RECORDED)


def _drop(subject: Subject, channel: Channel, reason: DropReason) -> None:
    _DROPPED.labels(reason).inc()
    _log.debug("notification.dropped", channel=str(channel.id), transition=str(subject.transition_id), reason=reason)
