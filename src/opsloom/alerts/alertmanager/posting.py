"""Alerts that are posted become alerts here. Pure plan, then the steps.

A sender repeats an alert while it holds. So an alert stays open as long as it is heard of before `expires_at`: the `endsAt` that was
sent, or, without one, `RESOLVE_TIMEOUT` after it was sent. An `endsAt` that has passed closes it. One that people closed by hand stays
closed as long as it is heard of in time, as with a rule whose condition still holds: only after its sender said it is over, or fell
silent, does it open again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import repository, service
from opsloom.alerts.alertmanager.fingerprint import fingerprint
from opsloom.alerts.alertmanager.schemas import PostableAlert
from opsloom.alerts.errors import PostedAlertInvalid
from opsloom.alerts.facets import NO_RULE
from opsloom.alerts.lifecycle import OPEN, Origin, Severity, Step
from opsloom.alerts.models import Alert
from opsloom.alerts.schemas import Decision
from opsloom.alerts.silences.matchers import LABEL_NAME, LABEL_SEVERITY
from opsloom.alerts.transitions import Listeners
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem
from opsloom.kit.ids import new_id

RESOLVE_TIMEOUT: Final = timedelta(minutes=5)
_SEVERITIES: Final = {
    Severity.CRITICAL: {"critical", "page", "fatal", "emergency", "error", "high", "p1", "sev1"},
    Severity.INFO: {"info", "information", "none", "low", "notice", "debug"},
}


class Fate(StrEnum):
    """What a posting means for an alert."""

    OPEN = "open"
    HEARD = "heard"
    CLOSE = "close"
    STAYS_CLOSED = "stays_closed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Posting:
    """What was said of one set of labels."""

    key: str
    labels: Mapping[str, str]
    alert: PostableAlert

    def ended(self, now: datetime) -> bool:
        """Whether the sender says that it is over."""
        return self.alert.ends_at is not None and self.alert.ends_at <= now

    def expires_at(self, now: datetime) -> datetime:
        """Until when it counts as heard of."""
        return self.alert.ends_at or now + RESOLVE_TIMEOUT


def read(alerts: Sequence[PostableAlert]) -> list[Posting]:
    """Each set of labels once, as it was said last; labels without a value are none. Raises PostedAlertInvalid."""
    found: dict[str, Posting] = {}
    for position, alert in enumerate(alerts):
        labels = {name: value for name, value in alert.labels.items() if value}
        if not labels:
            raise _invalid(f"/{position}/labels", "at least one label has to have a value")
        if alert.starts_at is not None and alert.ends_at is not None and alert.ends_at < alert.starts_at:
            raise _invalid(f"/{position}/endsAt", "it must not end before it starts")
        key = fingerprint(labels)
        found[key] = Posting(key, labels, alert)
    return list(found.values())


def _invalid(pointer: str, detail: str) -> PostedAlertInvalid:
    return PostedAlertInvalid(
        f"An alert cannot be taken: {detail}.", details=[FieldProblem(pointer=pointer, detail=detail)]
    )


def fate(posting: Posting, is_open: bool, heard_until: datetime | None, now: datetime) -> Fate:
    """What to do, given the latest alert of the labels: whether it is open, and until when it counts as heard of."""
    ended = posting.ended(now)
    if is_open:
        return Fate.CLOSE if ended else Fate.HEARD
    if heard_until is not None and heard_until >= now:
        return Fate.NOTHING if ended else Fate.STAYS_CLOSED
    return Fate.NOTHING if ended else Fate.OPEN


async def post(
    session: AsyncSession, scope: Scope, postings: Sequence[Posting], now: datetime, listeners: Listeners
) -> None:
    """Take what a sender says, all of it or nothing. One sender at a time in a tenant: two may speak of the same alert."""
    await repository.one_sender_at_a_time(session, scope.tenant_id)
    latest = await repository.latest_of_keys(session, NO_RULE, [each.key for each in postings])
    decisions = []
    for posting in postings:
        known = latest.get(posting.key)
        is_open = known is not None and known.state in OPEN
        what = fate(posting, is_open, known.expires_at if known else None, now)
        if known is not None:
            _note(known, posting, what, now)
        if what in (Fate.OPEN, Fate.CLOSE):
            decisions.append(_decision(posting, Step.FIRE if what is Fate.OPEN else Step.CLEAR, now))
    await session.flush()
    await service.apply(session, scope, decisions, listeners)


def _note(known: Alert, posting: Posting, what: Fate, now: datetime) -> None:
    if what in (Fate.HEARD, Fate.STAYS_CLOSED):
        known.expires_at, known.ends_at_given = posting.expires_at(now), posting.alert.ends_at is not None
    elif posting.ended(now):
        known.expires_at = None
    if what is Fate.HEARD:
        known.annotations = dict(posting.alert.annotations)


def _decision(posting: Posting, step: Step, now: datetime) -> Decision:
    sent, labels = posting.alert, posting.labels
    name = labels.get(LABEL_NAME, "")
    title = sent.annotations.get("summary") or sent.annotations.get("title") or _title(name, labels)
    return Decision(
        id=new_id(),
        rule_id=NO_RULE,
        rule_version=0,
        rule_name=name[:300],
        key=posting.key,
        step=step,
        at=sent.ends_at if step is Step.CLEAR and sent.ends_at else now,
        since=sent.starts_at or now,
        reason="posted" if step is Step.FIRE else "ended",
        severity=_severity(labels.get(LABEL_SEVERITY, "")),
        title=title[:500],
        description=(sent.annotations.get("description") or sent.annotations.get("message") or "")[:4000],
        labels=dict(labels),
        annotations=dict(sent.annotations),
        origin=Origin.POSTED,
        generator_url=sent.generator_url,
        expires_at=posting.expires_at(now),
        ends_at_given=sent.ends_at is not None,
    )


def _title(name: str, labels: Mapping[str, str]) -> str:
    about = labels.get("instance") or ", ".join(value for label, value in sorted(labels.items()) if label != LABEL_NAME)
    return f"{name}: {about}" if name and about else name or about


def _severity(said: str) -> Severity:
    word = said.strip().lower()
    return next((severity for severity, words in _SEVERITIES.items() if word in words), Severity.WARNING)
