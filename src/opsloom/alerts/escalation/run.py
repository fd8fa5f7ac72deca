"""Escalation as it happens: an opened incident gets its policy and its first timers, each timer tells people and sets the next.

A step is claimed, told and marked in one transaction (see `timers`), and a page's id is made of the incident, its episode and the
step: a step that were somehow done again would find its lines in the ledger. An acknowledged incident leaves its timers be; they
find out when they come.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import service as alerts
from opsloom.alerts.escalation import repository, service
from opsloom.alerts.escalation.models import EscalationPolicy
from opsloom.alerts.escalation.plan import Rung, following, rung
from opsloom.alerts.escalation.schemas import SlaKind
from opsloom.alerts.escalation.targets import Directory, Told
from opsloom.alerts.incidents import journal
from opsloom.alerts.incidents import service as incidents
from opsloom.alerts.incidents.journal import Line, Turn
from opsloom.alerts.incidents.models import EntryKind, Incident, IncidentState
from opsloom.alerts.models import AlertTransition
from opsloom.alerts.timers import service as timers
from opsloom.alerts.timers.service import Due, IncidentTimer
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.notifications import pages, stages
from opsloom.notifications.pages import PageText
from opsloom.notifications.stages import Stages, Stopped
from opsloom.notifications.subject import subject_of

STEP: Final = "escalation_step"
SLA: Final = "sla"
_SEVERITY: Final = {"info": ("info", "정보"), "warning": ("warning", "경고"), "critical": ("critical", "심각")}


@dataclass(frozen=True)
class At:
    """Where a timer's work happens."""

    session: AsyncSession
    core: Core
    scope: Scope
    incident: Incident
    policy: EscalationPolicy
    now: datetime


async def follow(session: AsyncSession, scope: Scope, incident: Incident, turn: Turn, now: datetime) -> None:
    """The follower of incidents: one that opens, or becomes worse, may have somebody to tell."""
    known = incident.policy_id if turn is Turn.WORSENED else None
    policy = None if known is None else await repository.load(session, known)
    if policy is None:
        policy = await service.choose(session, incident.severity, incident.labels)
        incident.policy_id = None if policy is None else policy.id
        await session.flush()
        if policy is None:
            return
        first = rung(service.content_of(policy).ladder(), incident.opened_at, 0, 0)
        if first is not None and incident.state == IncidentState.OPEN:
            await timers.set_timer(session, scope, _step_due(incident, policy.id, first))
    sla = service.content_of(policy).sla.get(journal.severity_of(incident))
    for kind, at in service.sla_moments(sla, incident.opened_at):
        args = {"episode": str(incident.episode), "policy": str(policy.id), "kind": kind}
        key = f"{SLA}:{incident.episode}:{kind}:{incident.severity}"
        await timers.set_timer(session, scope, Due(incident.id, key, SLA, max(at, now), args))


async def take_step(session: AsyncSession, core: Core, scope: Scope, timer: IncidentTimer) -> str:
    """Tell whom the step names, unless somebody has taken the incident, and let the next step be due."""
    at = await _still(session, core, scope, timer)
    if at is None or at.incident.state != IncidentState.OPEN:
        return "not_needed"
    content = service.content_of(at.policy)
    if not content.enabled:
        return "policy_disabled"
    round_, step = int(timer.args["round"]), int(timer.args["step"])
    if step >= len(content.steps):
        return "step_gone"
    kept_back = await _kept_back(at)
    places = {"round": str(round_ + 1), "step": str(step + 1), "policy": at.policy.name}
    if kept_back is not None:
        await _write(at, EntryKind.NOT_ESCALATED, places | kept_back)
    else:
        told = await (await Directory.read(session, scope)).told(content.steps[step].targets, at.now)
        await _page(at, told, _step_text(at, round_, step), f"{round_}.{step}")
        reached = any(one.channels for one in told)
        kind = EntryKind.ESCALATED if reached else EntryKind.NOT_ESCALATED
        why = {} if reached else {"reason": "nobody_reached"}
        await _write(at, kind, places | why | {"told": "; ".join(one.words() for one in told)})
    after = following(content.ladder(), at.incident.opened_at, round_, step)
    if after is None:
        await _write(at, EntryKind.ESCALATION_ENDED, {"policy": at.policy.name})
    else:
        await timers.set_timer(session, scope, _step_due(at.incident, at.policy.id, after))
    return "told" if kept_back is None else "kept_back"


async def breach(session: AsyncSession, core: Core, scope: Scope, timer: IncidentTimer) -> str:
    """A time to keep has come: when it was not kept, it is written down and told, once an episode."""
    at = await _still(session, core, scope, timer)
    kind = SlaKind(timer.args["kind"])
    if at is None or at.incident.state == IncidentState.RESOLVED:
        return "kept"
    if kind is SlaKind.ACKNOWLEDGE and at.incident.state != IncidentState.OPEN:
        return "kept"
    if await incidents.has_breached(session, at.incident, kind):
        return "told_before"
    told = await (await Directory.read(session, scope)).told(service.content_of(at.policy).breach_targets, at.now)
    await _page(at, told, _breach_text(at, kind), f"{SLA}.{kind}")
    detail = {"kind": str(kind), "policy": at.policy.name, "episode": str(at.incident.episode)}
    await _write(at, EntryKind.SLA_BREACHED, detail | {"told": "; ".join(one.words() for one in told)})
    return "breached"


async def _still(session: AsyncSession, core: Core, scope: Scope, timer: IncidentTimer) -> At | None:
    """The incident with its policy, if it is still in the episode the timer is for."""
    incident = await incidents.held(session, timer.incident_id)
    policy = await repository.load(session, UUID(timer.args["policy"]))
    if policy is None or incident.episode != int(timer.args["episode"]):
        return None
    return At(session, core, scope, incident, policy, core.clock.now())


async def _kept_back(at: At) -> dict[str, str] | None:
    """Why people are spared now: none of its alerts is open, or each is silenced, in a window, or inhibited."""
    stopped: Stopped | None = None
    for alert_id in await incidents.open_alerts(at.session, at.incident.id):
        alert, lines = await alerts.get(at.session, alert_id)
        last = next(one for one in reversed(lines) if isinstance(one, AlertTransition))
        subject = subject_of(alert, last)
        stopped = await stages.judge(at.core.part(Stages).each, at.session, at.scope, subject)
        if stopped is None:
            return None
    if stopped is None:
        return {"reason": "alerts_ended"}
    dropped = stopped.dropped
    return {"reason": dropped.code, "stage": stopped.stage, "detail": dropped.detail, "by": dropped.by}


async def _page(at: At, told: list[Told], text: PageText, part: str) -> None:
    """Each channel once, however many targets lead to it."""
    page_id = uuid5(at.incident.id, f"{at.incident.episode}.{part}")
    for channel in {each.id: each for one in told for each in one.channels}.values():
        await pages.page(at.session, at.scope, channel, text, page_id)


def _step_text(at: At, round_: int, step: int) -> PageText:
    minutes = int((at.now - at.incident.opened_at) / timedelta(minutes=1))
    number = round_ * len(service.content_of(at.policy).steps) + step + 1
    en = f"nobody has taken it for {minutes} min (step {number})" if minutes else f"new incident (step {number})"
    ko = f"{minutes}분 동안 아무도 맡지 않았습니다 ({number}단계)" if minutes else f"새 인시던트입니다 ({number}단계)"
    return _text(at, "incident.escalated", en, ko)


def _breach_text(at: At, kind: SlaKind) -> PageText:
    if kind is SlaKind.ACKNOWLEDGE:
        return _text(at, "incident.sla_breached", "not acknowledged in time", "제때 확인되지 않았습니다")
    return _text(at, "incident.sla_breached", "not resolved in time", "제때 해결되지 않았습니다")


def _text(at: At, event_type: str, en: str, ko: str) -> PageText:
    incident = at.incident
    severity = _SEVERITY[incident.severity]
    link = f"{at.core.settings.origin}/incidents/{incident.id}"
    message = {"en": f"[{severity[0]}] {incident.title}: {en}", "ko": f"[{severity[1]}] {incident.title}: {ko}"}
    about = {
        "incident": {
            "id": str(incident.id),
            "title": incident.title,
            "severity": incident.severity,
            "state": incident.state,
            "opened_at": incident.opened_at.isoformat(),
            "labels": incident.labels,
        },
        "link": link,
    }
    return PageText(event_type, incident.title, incident.severity, message, about)


async def _write(at: At, kind: EntryKind, detail: dict[str, str]) -> None:
    await journal.write(at.session, at.scope, at.incident, Line(kind, at.now, "", detail))


def _step_due(incident: Incident, policy_id: UUID, one: Rung) -> Due:
    args = {
        "episode": str(incident.episode),
        "policy": str(policy_id),
        "round": str(one.round),
        "step": str(one.step),
    }
    return Due(incident.id, f"{STEP}:{incident.episode}:{one.key}", STEP, one.at, args)
