"""Escalation policies: kept, chosen for an incident, and tried on one that is only supposed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.escalation import repository
from opsloom.alerts.escalation.errors import EscalationPolicyInvalid, EscalationPolicyNotFound
from opsloom.alerts.escalation.models import EscalationPolicy
from opsloom.alerts.escalation.plan import rungs
from opsloom.alerts.escalation.schemas import (
    EscalationPolicyBody,
    EscalationPolicyShown,
    EscalationShown,
    EscalationTarget,
    PolicyContent,
    Sla,
    SlaKind,
    SupposedBreach,
    SupposedIncident,
    SupposedStep,
)
from opsloom.alerts.escalation.targets import Directory
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem, PreconditionFailed, PreconditionRequired
from opsloom.kit.ids import new_id


async def create(session: AsyncSession, scope: Scope, asked: EscalationPolicyBody, now: datetime) -> EscalationPolicy:
    """Raises EscalationPolicyInvalid."""
    if len(await repository.in_order(session)) >= repository.MOST:
        raise EscalationPolicyInvalid(f"There are {repository.MOST} policies already.", hint="Delete one first.")
    row = EscalationPolicy(
        tenant_id=scope.tenant_id, id=new_id(), revision=0, created_at=now, created_by=scope.actor.name
    )
    await _set(session, scope, row, asked, now)
    session.add(row)
    await session.flush()
    await audit.record(session, scope, "escalation_policy.created", "escalation_policy", row.id, {"name": row.name})
    return row


async def save(
    session: AsyncSession, scope: Scope, of: tuple[UUID, int | None], asked: EscalationPolicyBody, now: datetime
) -> EscalationPolicy:
    """Change a policy that nobody else changed meanwhile; incidents that wait for its next step take it as it is then. Raises
    EscalationPolicyNotFound, EscalationPolicyInvalid."""
    policy_id, revision = of
    row = await get(session, policy_id, lock=True)
    if revision is None:
        raise PreconditionRequired("Say which revision you edited.", hint="Send its ETag as If-Match.")
    if revision != row.revision:
        raise PreconditionFailed("Somebody else has changed the policy.", hint="Load it again.")
    await _set(session, scope, row, asked, now)
    await session.flush()
    await audit.record(session, scope, "escalation_policy.changed", "escalation_policy", row.id, {"name": row.name})
    return row


async def remove(session: AsyncSession, scope: Scope, policy_id: UUID) -> None:
    """Incidents that wait for its next step tell nobody any more. Raises EscalationPolicyNotFound."""
    row = await get(session, policy_id, lock=True)
    await audit.record(session, scope, "escalation_policy.deleted", "escalation_policy", row.id, {"name": row.name})
    await session.delete(row)


async def get(session: AsyncSession, policy_id: UUID, *, lock: bool = False) -> EscalationPolicy:
    """Raises EscalationPolicyNotFound."""
    row = await repository.load(session, policy_id, lock=lock)
    if row is None:
        raise EscalationPolicyNotFound("There is no such escalation policy.")
    return row


async def choose(session: AsyncSession, severity: str, labels: Mapping[str, str]) -> EscalationPolicy | None:
    """The policy of an incident: the first that fits."""
    return next((row for row in await repository.in_order(session) if fits(content_of(row), severity, labels)), None)


def fits(policy: PolicyContent, severity: str, labels: Mapping[str, str]) -> bool:
    """Whether a policy takes such an incident."""
    if not policy.enabled or (policy.severities and severity not in policy.severities):
        return False
    return all(labels.get(name) == value for name, value in policy.labels.items())


def content_of(row: EscalationPolicy) -> PolicyContent:
    """What a policy says."""
    return PolicyContent.model_validate(row.content)


def sla_moments(sla: Sla | None, opened_at: datetime) -> list[tuple[SlaKind, datetime]]:
    """The times to keep."""
    if sla is None:
        return []
    within = ((SlaKind.ACKNOWLEDGE, sla.acknowledge_min), (SlaKind.RESOLVE, sla.resolve_min))
    return [(kind, opened_at + timedelta(minutes=minutes)) for kind, minutes in within if minutes is not None]


async def shown(
    session: AsyncSession, scope: Scope, rows: Sequence[EscalationPolicy], now: datetime
) -> list[EscalationPolicyShown]:
    """Policies in the order they are asked in, with the targets that are gone."""
    directory = await Directory.read(session, scope)
    made = []
    for row in rows:
        content = content_of(row)
        gone = [each.target for each in await directory.told(_targets(content), now) if each.problem == "gone"]
        made.append(
            EscalationPolicyShown(
                **content.model_dump(), id=row.id, name=row.name, position=row.position, revision=row.revision, missing=gone,
                created_at=row.created_at, created_by=row.created_by, updated_at=row.updated_at, updated_by=row.updated_by,
            )
        )  # fmt: skip
    return made


async def listed(session: AsyncSession) -> list[EscalationPolicy]:
    """All of them, in the order they are asked in."""
    return await repository.in_order(session)


async def suppose(session: AsyncSession, scope: Scope, asked: SupposedIncident, now: datetime) -> EscalationShown:
    """Who would be told when, if such an incident opened and nobody did anything."""
    opened = now if asked.at is None else _in_reach(asked.at)
    chosen = None if asked.policy is not None else await choose(session, asked.severity, asked.labels)
    content = asked.policy or (None if chosen is None else content_of(chosen))
    if content is None:
        return EscalationShown(policy=None, steps=[], breaches=[])
    directory = await Directory.read(session, scope)
    steps = [
        SupposedStep(
            at=one.at, after_min=int((one.at - opened).total_seconds() // 60), round=one.round, step=one.step,
            told=[each.shown() for each in await directory.told(content.steps[one.step].targets, one.at)],
        )
        for one in rungs(content.ladder(), opened)
    ]  # fmt: skip
    breaches = [
        SupposedBreach(
            at=at, kind=kind, told=[each.shown() for each in await directory.told(content.breach_targets, at)]
        )
        for kind, at in sla_moments(content.sla.get(asked.severity), opened)
    ]
    name = asked.policy.name if asked.policy is not None else chosen.name if chosen is not None else None
    return EscalationShown(policy=name, steps=steps, breaches=breaches)


def _in_reach(at: datetime) -> datetime:
    if not 2000 <= at.year < 2200:
        raise EscalationPolicyInvalid("Suppose an instant between the years 2000 and 2200.")
    return at


async def _set(
    session: AsyncSession, scope: Scope, row: EscalationPolicy, asked: EscalationPolicyBody, now: datetime
) -> None:
    await _check(session, scope, asked, now)
    row.name, row.position = asked.name, asked.position
    row.content = asked.model_dump(mode="json", exclude={"name", "position"})
    row.revision, row.updated_at, row.updated_by = row.revision + 1, now, scope.actor.name


async def _check(session: AsyncSession, scope: Scope, asked: EscalationPolicyBody, now: datetime) -> None:
    problems: list[FieldProblem] = []
    for place, (one, after) in enumerate(zip(asked.steps, asked.steps[1:], strict=False), start=1):
        if after.after_min < one.after_min:
            detail = "A step comes no earlier than the one before it."
            problems.append(FieldProblem(pointer=f"/steps/{place}/after_min", detail=detail))
    directory = await Directory.read(session, scope)
    places = [(f"/steps/{n}/targets", each.targets) for n, each in enumerate(asked.steps)]
    for pointer, targets in [*places, ("/breach_targets", asked.breach_targets)]:
        for place, told in enumerate(await directory.told(targets, now)):
            if told.problem == "gone":
                detail = f"There is no such {told.target.type}."
                problems.append(FieldProblem(pointer=f"{pointer}/{place}", detail=detail))
    if problems:
        raise EscalationPolicyInvalid(problems[0].detail, details=problems, hint="See `errors`.")


def _targets(content: PolicyContent) -> list[EscalationTarget]:
    return [*(each for step in content.steps for each in step.targets), *content.breach_targets]
