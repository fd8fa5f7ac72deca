"""Calls of rules: noted with the transition that brings them about, made by a job once that has committed.

Invariant: a transition and an action have one row, and the run it starts has the row's id as its idempotency key: however often the job
comes, the API is called once.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.service import Alert, AlertTransition
from opsloom.apis.workflows import service as runs
from opsloom.assets import service as assets
from opsloom.assets.errors import VersionNotFound
from opsloom.identity.permissions import ALL_PERMISSIONS
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import defer
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import OpsloomError
from opsloom.kit.ids import new_id
from opsloom.rules.actions.filling import fill, words_of
from opsloom.rules.actions.models import CallOutcome, RuleCall
from opsloom.rules.document import RuleDocument
from opsloom.rules.facts import Json
from opsloom.rules.kind import RULE
from opsloom.rules.model import CallApi

CALL: Final = "rules.call"
_MOST_REMEMBERED: Final = 1_000
log = get_logger(__name__)


class Calling:
    """Listens to alerts; notes what their rules want called."""

    def __init__(self) -> None:
        self._actions: dict[tuple[UUID, int], list[tuple[int, CallApi]]] = {}

    async def __call__(self, session: AsyncSession, scope: Scope, alert: Alert, transition: AlertTransition, /) -> None:
        """In the transaction of the transition; calling it again adds nothing."""
        step = _step(transition)
        if step is None:
            return
        for place, action in await self._of(session, alert.rule_id, alert.rule_version):
            if step in action.on:
                await _note(session, scope, (alert, transition), place, (step, action))

    async def _of(self, session: AsyncSession, rule_id: UUID, version: int) -> list[tuple[int, CallApi]]:
        """The actions of a version, which never changes."""
        known = self._actions.get((rule_id, version))
        if known is None:
            if len(self._actions) >= _MOST_REMEMBERED:
                self._actions.clear()
            known = self._actions[rule_id, version] = await _read(session, rule_id, version)
        return known


async def call(core: Core, tenant_id: UUID, call_id: UUID) -> None:
    """Make a call that waits; what refuses is kept with its reason."""
    async with core.db.transaction(Scope.system(tenant_id)) as session:
        row = (
            await session.execute(select(RuleCall).where(RuleCall.id == call_id).with_for_update())
        ).scalar_one_or_none()
        if row is None or row.outcome != CallOutcome.WAITING:
            return
        scope = Scope(tenant_id, Actor(ActorKind.SYSTEM, None, f"rule {row.rule_id}"), ALL_PERMISSIONS)
        try:
            row.run_id = await runs.begin_by_key(session, core, scope, (row.api, row.parameters), f"rule-call:{row.id}")
            row.outcome = CallOutcome.STARTED
        except OpsloomError as error:
            if error.retryable:
                raise
            log.warning("rule.call_refused", call=str(row.id), code=error.code)
            row.outcome, row.detail = CallOutcome.REFUSED, f"{error.code}: {error.message}"[:500]
        row.ended_at = core.clock.now()


async def listed(session: AsyncSession, rule_id: UUID, *, limit: int, before: UUID | None) -> list[RuleCall]:
    """Calls of a rule, newest first, one more than `limit`. Raises AssetNotFound."""
    await assets.get(session, RULE, rule_id)
    query = select(RuleCall).where(RuleCall.rule_id == rule_id)
    if before is not None:
        query = query.where(RuleCall.id < before)
    return list((await session.execute(query.order_by(RuleCall.id.desc()).limit(limit + 1))).scalars())


def _step(transition: AlertTransition) -> str | None:
    if transition.to_state == "firing" and transition.from_state in (None, "pending"):
        return "fire"
    return "resolve" if transition.to_state == "resolved" else None


async def _read(session: AsyncSession, rule_id: UUID, version: int) -> list[tuple[int, CallApi]]:
    try:
        found = await assets.get_version(session, rule_id, version)
    except VersionNotFound:
        return []  # an alert that was brought in from elsewhere
    rule = RuleDocument.model_validate(found.content).root
    return [(place, action) for place, action in enumerate(rule.actions) if isinstance(action, CallApi)]


async def _note(
    session: AsyncSession, scope: Scope, of: tuple[Alert, AlertTransition], place: int, what: tuple[str, CallApi]
) -> None:
    (alert, transition), (step, action) = of, what
    values = {
        "tenant_id": scope.tenant_id, "id": new_id(), "rule_id": alert.rule_id, "alert_id": alert.id,
        "transition_id": transition.id, "place": place, "step": step, "api": action.api,
        "parameters": fill(action.parameters, words_of(_told(alert, step), alert.labels, transition.proof or alert.proof)),
        "outcome": CallOutcome.WAITING, "detail": "", "created_at": transition.recorded_at,
    }  # fmt: skip
    row = insert(RuleCall).values(**values).on_conflict_do_nothing().returning(RuleCall.id)
    noted = (await session.execute(row)).scalar_one_or_none()
    if noted is not None:
        await defer(session, CALL, {"tenant_id": str(scope.tenant_id), "call_id": str(noted)})


def _told(alert: Alert, step: str) -> dict[str, Json]:
    told: dict[str, Json] = {
        "rule": alert.rule_name,
        "severity": alert.severity,
        "title": alert.title,
        "key": alert.key,
    }
    return told | {"alert": str(alert.id), "step": step, "at": _text(alert.fired_at or alert.started_at)}


def _text(moment: datetime) -> str:
    return moment.isoformat()
