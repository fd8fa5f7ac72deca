"""Why an alert fired, or why a rule did not: the rules' own proof and explanation, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import service as alerts
from opsloom.ask.plan import AlertsStep, Step, WhyStep
from opsloom.ask.tools.alert_queries import alerts as alerts_query
from opsloom.ask.tools.contract import Evidence, Row, ToolContext, ToolResult, ToolStatus, plain
from opsloom.ask.tools.reading import fetch
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.inventory.schemas import Query
from opsloom.kit.errors import PlanningFailed
from opsloom.rules import service as rules
from opsloom.rules.service import Explanation, Proof, holds_up

MOST_FACTS = 50
MOST_KEYS = 10


@dataclass(frozen=True)
class WhyTool:
    """`fired`: the newest alert that fits, with the facts that decided it. `not_fired`: what keeps the condition from being true."""

    core: Core
    name: str = "rule_why"
    kind: str = "why"
    permission: Permission = Permission.ALERTS_READ

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """One row for each explanation; `parts["facts"]` holds the deciding facts. Raises PlanningFailed, RuleNotPublished."""
        assert isinstance(step, WhyStep)
        if step.outcome == "fired":
            return await self._fired(context, step)
        return await self._not_fired(context, step)

    async def _fired(self, context: ToolContext, step: WhyStep) -> ToolResult:
        began, ran_at = context.clock.monotonic(), context.clock.now()
        alert_id = step.alert_id or await _newest(context, step)
        if alert_id is None:
            return ToolResult(self.name, step.id, ToolStatus.NO_DATA, _evidence(context, step, (), ran_at, began))
        async with context.db.transaction(context.scope) as session:
            alert, _timeline = await alerts.get(session, alert_id)
            proof = Proof.model_validate(alert.proof) if alert.proof else None
            row: Row = {
                "verdict": "fired", "rule": alert.rule_name, "rule_version": alert.rule_version, "title": alert.title,
                "key": alert.key, "item_id": plain(alert.item_id), "alert_id": str(alert.id), "since": plain(alert.started_at),
                "fired_at": plain(alert.fired_at), "resolved_at": plain(alert.resolved_at),
            }  # fmt: skip
        if proof is not None:
            row |= {"condition": proof.condition, "for_s": proof.for_s, "proof_holds": holds_up(proof)}
        evidence = _evidence(context, step, (row,), ran_at, began)
        facts = _evidence(context, step, _facts(proof), ran_at, began)
        return ToolResult(
            self.name, step.id, ToolStatus.SUCCESS, evidence, parts={"facts": facts} if facts.rows else {}
        )

    async def _not_fired(self, context: ToolContext, step: WhyStep) -> ToolResult:
        began, ran_at = context.clock.monotonic(), context.clock.now()
        if not context.scope.allows(Permission.RULES_READ):
            raise PlanningFailed(f"explaining a rule needs the permission {Permission.RULES_READ}")
        at = step.window.end if step.window is not None else ran_at
        async with context.db.transaction(context.scope) as session:
            rule = await _rule(session, step.rule)
            watched = await rules.load_watched(session, rule.id, "", at)
        keys = []
        if step.item_id is not None:
            keys = await rules.keys_of_item(self.core, context.scope, watched, step.item_id, at)
        found = []
        for key in keys[:MOST_KEYS]:
            async with context.db.transaction(context.scope) as session:
                watched = await rules.load_watched(session, rule.id, key, at)
            found.append(
                _explained(rule, await rules.explain(self.core, context.scope, watched, key, at), step.item_id)
            )
        if not found:
            found = [{"verdict": "no_facts", "rule": rule.name, "key": None, "item_id": plain(step.item_id)}]
        evidence = _evidence(context, step, tuple(found), ran_at, began)
        return ToolResult(self.name, step.id, ToolStatus.SUCCESS, evidence)


async def _newest(context: ToolContext, step: WhyStep) -> UUID | None:
    items = [step.item_id] if step.item_id else []
    wanted = AlertsStep(id=step.id, item_ids=items, text=step.rule, window=step.window, limit=1)
    rows = (await fetch(context, alerts_query(wanted))).rows
    return UUID(str(rows[0]["alert_id"])) if rows else None


async def _rule(session: AsyncSession, wanted: str) -> Asset:
    """The rule of a key, a name or a part of it. Raises PlanningFailed for none or several."""
    found = await rules.find(session, limit=50, after=None, text=wanted or None, state=None)
    exact = [one for one in found if wanted.lower() in (one.key.lower(), one.name.lower())]
    chosen = exact or found
    if len(chosen) != 1:
        several = ", ".join(one.name for one in chosen[:5])
        raise PlanningFailed(f"several rules fit: {several}" if chosen else f"there is no rule named {wanted}")
    return chosen[0]


def _explained(rule: Asset, said: Explanation, item_id: UUID | None) -> Row:
    row: Row = {
        "verdict": said.verdict.value, "rule": rule.name, "key": said.key, "item_id": plain(item_id), "for_s": said.for_s,
        "held_s": said.held_s, "last_fact_at": plain(said.last_fact_at), "condition": None, "value": None, "threshold": None,
        "distance": None,
    }  # fmt: skip
    if said.failing is not None:
        numbers = [one for one in said.failing.values.values() if isinstance(one, int | float)]
        row |= {
            "condition": said.failing.part, "value": plain(numbers[0]) if numbers else None,
            "threshold": said.failing.threshold, "distance": said.failing.distance,
        }  # fmt: skip
    return row


def _facts(proof: Proof | None) -> tuple[Row, ...]:
    facts = proof.facts if proof is not None else []
    names = list(dict.fromkeys(name for fact in facts for name in fact.values))
    return tuple(
        {"time": fact.time, "ref": fact.ref, **{name: plain(fact.values.get(name)) for name in names}}
        for fact in facts[:MOST_FACTS]
    )


def _evidence(context: ToolContext, step: WhyStep, rows: tuple[Row, ...], ran_at: datetime, began: float) -> Evidence:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    took_ms = round((context.clock.monotonic() - began) * 1000, 3)
    told = f"why {step.outcome} {step.rule or step.alert_id or ''}".strip()
    return Evidence(Query(sql=told), columns, rows, False, ran_at, took_ms, step)
