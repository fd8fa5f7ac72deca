"""One attempt of one delivery: claim, call, record, as three steps with no transaction across the call.

Invariant: an attempt is written down before it starts, so nothing is sent that the ledger does not know. When the process
dies between the call and its record, the attempt stays `started` and the delivery `sending`; once its lease is over the
sweep hands it out again under the same message id, the attempt becomes `unknown` and the delivery is marked as possibly
repeated. A job names the attempt it was made for, so a late or doubled job does nothing.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from prometheus_client import Counter, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.infra.secrets import MasterKeyUnusable, Secrets, SecretUnreadable
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import CircuitOpen, ExternalServiceFailed, OpsloomError
from opsloom.kit.resilience.board import Outcome, outcome_of
from opsloom.kit.resilience.errors import BulkheadFull
from opsloom.notifications import directory, flow, repository
from opsloom.notifications.attempts import Again, FailReason, GivenUp, Standing, Tried, decide
from opsloom.notifications.channels.types import Outgoing, Sealed, Senders
from opsloom.notifications.composing import Composed, Draft, body, compose, draft
from opsloom.notifications.content import ChannelContent, ChannelType
from opsloom.notifications.ending import finish, wait
from opsloom.notifications.models import AttemptOutcome, Delivery, DeliveryAttempt, DeliveryKind, DeliveryStatus
from opsloom.notifications.service import webhook_id
from opsloom.notifications.words import Words

_ENDED = Counter(
    "opsloom_delivery_attempts_total", "Attempts to deliver, by type of channel and outcome.", ["type", "outcome"]
)
_FIRST = Histogram("opsloom_delivery_first_attempt_seconds", "From the transition's record to its first attempt.")

_log = get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """What a queued attempt names: `attempt` is how many had begun when it was queued."""

    scope: Scope
    delivery_id: UUID
    channel_id: UUID
    attempt: int


@dataclass(frozen=True)
class Claim:
    """An attempt that has been written down and may start."""

    number: int
    channel_type: ChannelType
    outgoing: Outgoing
    draft: Draft | None


@dataclass(frozen=True)
class Ended:
    """How an attempt went, what was said, and how long it took."""

    tried: Tried
    composed: Composed | None
    took_s: float


def breaker_key(tenant_id: UUID, channel_id: UUID) -> str:
    """One breaker and one bulkhead a channel."""
    return f"channel:{tenant_id}:{channel_id}"


async def attempt(core: Core, job: Job) -> None:
    """Make the attempt the job is for, or put it off while the channel is paused or busy."""
    senders = core.part(Senders)
    key = breaker_key(job.scope.tenant_id, job.channel_id)
    try:
        async with senders.bulkheads.slot(key), core.breakers.guard(key, senders.breaker) as call:
            # A job with nothing to do says nothing about the receiver; nor does a database that is away.
            call.outcome = Outcome.NOTHING
            claim = await _claim(core, job)
            if claim is None:
                return
            began = core.clock.monotonic()
            composed = None if claim.draft is None else await compose(core.part(Aside), claim.draft)
            tried, call.outcome = await _call(core, senders, claim, composed)
    except (CircuitOpen, BulkheadFull) as busy:
        await _put_off(core, job, busy)
        return
    await _record(core, job, claim, Ended(tried, composed, core.clock.monotonic() - began))


async def _claim(core: Core, job: Job) -> Claim | None:
    """Write the attempt down. None when there is nothing to do: done, begun by another job, or impossible."""
    now = core.clock.now()
    async with core.db.transaction(job.scope) as session:
        delivery = await _locked(session, job)
        if delivery is None:
            return None
        if delivery.status == DeliveryStatus.SENDING and not await _take_over(session, core, job.scope, delivery):
            return None
        channel = await directory.in_force(session, delivery.channel_id)
        if channel is None:
            await finish(session, job.scope, delivery, FailReason.CHANNEL_GONE, now)
            return None
        if not channel.content.enabled and delivery.kind == DeliveryKind.TRANSITION:
            await finish(session, job.scope, delivery, FailReason.CHANNEL_DISABLED, now)
            return None
        try:
            sealed = await directory.open_sealed(session, core.part(Secrets), job.scope.tenant_id, channel)
        except (SecretUnreadable, MasterKeyUnusable) as error:
            note_failure("notifications.secrets", error)
            _log.error("channel.secrets_unreadable", channel=str(channel.id), cause=error.message)
            await finish(session, job.scope, delivery, FailReason.NOT_CALLABLE, now)
            return None
        if delivery.kind == DeliveryKind.DIGEST and delivery.grouping is not None:
            await flow.close(session, delivery, now)
        elif delivery.attempts == 0:
            _FIRST.observe((now - delivery.created_at).total_seconds())
        delivery.attempts += 1
        delivery.status = DeliveryStatus.SENDING
        delivery.next_attempt_at = now + timedelta(seconds=core.part(Senders).policy.lease_s)
        session.add(
            DeliveryAttempt(
                tenant_id=job.scope.tenant_id,
                delivery_id=delivery.id,
                number=delivery.attempts,
                started_at=now,
                outcome=AttemptOutcome.STARTED,
            )
        )
        made = await draft(session, core, delivery, channel.content)
        outgoing = _outgoing(job, delivery, channel.content, sealed)
        outgoing = replace(outgoing, body=await body(session, core, delivery, channel.type))
        return Claim(delivery.attempts, channel.type, outgoing, made)


def _outgoing(job: Job, delivery: Delivery, content: ChannelContent, sealed: Sealed) -> Outgoing:
    return Outgoing(
        message_id=webhook_id(delivery),
        body=delivery.body,
        content=content,
        sealed=sealed,
        words=Words(delivery.title, ""),
        scope=job.scope,
        event_type=delivery.event_type,
        severity=delivery.severity,
        dedup_key=delivery.dedup_key,
    )


async def _locked(session: AsyncSession, job: Job) -> Delivery | None:
    """The delivery, if the job's attempt is still the next one."""
    delivery = await repository.delivery(session, job.delivery_id, lock=True)
    if delivery is None or delivery.finished_at is not None or delivery.attempts != job.attempt:
        return None
    return delivery


async def _take_over(session: AsyncSession, core: Core, scope: Scope, delivery: Delivery) -> bool:
    """An attempt whose end nobody wrote down: mark it. False while its lease runs, or when it was the last one."""
    now = core.clock.now()
    if delivery.next_attempt_at is None or delivery.next_attempt_at > now:
        return False
    lost = await repository.attempt(session, delivery.id, delivery.attempts)
    if lost is not None:
        lost.outcome, lost.finished_at = AttemptOutcome.UNKNOWN, now
        lost.error = "The process ended before it could record what became of this attempt."
    delivery.maybe_repeated = True
    _ENDED.labels(delivery.channel_type, AttemptOutcome.UNKNOWN).inc()
    _log.warning("delivery.attempt_lost", delivery=str(delivery.id), attempt=delivery.attempts)
    if delivery.attempts >= delivery.attempts_allowed:
        await finish(session, scope, delivery, FailReason.ATTEMPTS_EXHAUSTED, now)
        return False
    return True


async def _call(core: Core, senders: Senders, claim: Claim, composed: Composed | None) -> tuple[Tried, Outcome]:
    """The network call; every way it can end becomes a value."""
    sender = senders.by_type[claim.channel_type]
    outgoing = claim.outgoing if composed is None else replace(claim.outgoing, words=composed.sent)
    try:
        tried = await sender.send(outgoing, core.clock)
    except OpsloomError as error:
        again = error.retryable or isinstance(error, ExternalServiceFailed)
        reason = None if again else FailReason.NOT_CALLABLE
        status_code = getattr(error, "status_code", None)
        wait_s = error.retry_after_s
        return Tried(False, again, status_code, error.message, reason, wait_s), outcome_of(error)
    except Exception as error:  # noqa: BLE001  # boundary: a library may fail in any way; the attempt is recorded
        note_failure("notifications.send", error)
        _log.error("delivery.sender_broke", type=claim.channel_type, cause=type(error).__name__, exc_info=True)
        return Tried(False, again=True, error=f"The sender failed ({type(error).__name__})."), Outcome.FAILED
    return tried, Outcome.NOTHING if tried.status_code is None and not tried.sent else Outcome.SUCCEEDED


async def _record(core: Core, job: Job, claim: Claim, ended: Ended) -> None:
    """Write down how the attempt ended and what follows."""
    now, tried = core.clock.now(), ended.tried
    outcome = AttemptOutcome.SENT if tried.sent else AttemptOutcome.FAILED
    _ENDED.labels(claim.channel_type, outcome).inc()
    async with core.db.transaction(job.scope) as session:
        delivery = await repository.delivery(session, job.delivery_id, lock=True)
        made = await repository.attempt(session, job.delivery_id, claim.number)
        assert delivery is not None  # lines of the ledger are never deleted
        assert made is not None
        made.outcome, made.finished_at = outcome, now
        made.status_code, made.error, made.duration_ms = tried.status_code, tried.error, round(ended.took_s * 1000)
        _keep_words(delivery, ended.composed)
        if tried.renewed:
            await directory.renew(session, core, job.scope, delivery.channel_id, tried.renewed)
        if delivery.attempts != claim.number or delivery.status != DeliveryStatus.SENDING:
            return  # it took longer than its lease: somebody else goes on from here
        standing = Standing(claim.number, delivery.attempts_allowed, delivery.created_at)
        decision = decide(tried, standing, core.part(Senders).policy, now, core.part(Senders).chance())
        if isinstance(decision, Again):
            await wait(session, delivery, decision.at, None)
        else:
            await finish(session, job.scope, delivery, decision.reason if isinstance(decision, GivenUp) else None, now)


def _keep_words(delivery: Delivery, composed: Composed | None) -> None:
    if composed is None:
        return
    delivery.sent_title, delivery.sent_text = composed.words.title, composed.words.text
    if composed.flaw is not None:
        delivery.detail = composed.flaw


async def _put_off(core: Core, job: Job, busy: CircuitOpen | BulkheadFull) -> None:
    """Try later without counting an attempt; spread out, so that what waits for one channel does not come back at once."""
    now = core.clock.now()
    reason = FailReason.CIRCUIT_OPEN if isinstance(busy, CircuitOpen) else FailReason.CHANNEL_BUSY
    policy = core.part(Senders).policy
    async with core.db.transaction(job.scope) as session:
        delivery = await _locked(session, job)
        if delivery is None or delivery.status == DeliveryStatus.SENDING:
            return
        if (now - delivery.created_at).total_seconds() > policy.max_age_s:
            await finish(session, job.scope, delivery, FailReason.TOO_OLD, now)
            return
        wait_s = (busy.retry_after_s or policy.base_s) + policy.base_s * core.part(Senders).chance()
        await wait(session, delivery, now + timedelta(seconds=wait_s), reason)
