"""What the tests of alerts share: decisions as the engine hands them over, and a way to apply them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2

from fixtures.tenants import TestTenant
from opsloom.alerts import service
from opsloom.alerts.lifecycle import Severity, Step
from opsloom.alerts.models import Alert, AlertTransition
from opsloom.alerts.schemas import Decision
from opsloom.alerts.service import Listeners
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id

URL = "/api/v1/alerts"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULE = new_id()


def decide(step: Step, second: int = 0, **changes: Any) -> Decision:
    """A decision about web-1 of one rule."""
    plain = Decision(
        id=new_id(),
        rule_id=RULE,
        rule_version=3,
        rule_name="CPU high",
        key="web-1",
        step=step,
        at=START + timedelta(seconds=second),
        since=START,
        reason="condition_held",
        severity=Severity.CRITICAL,
        title="CPU of web-1 is at 97 %",
        labels={"item": "web-1"},
        channels=("pager",),
        proof={"facts": [{"value": 97}]},
    )
    return replace(plain, **changes)


class Ear:
    """A listener that keeps what it was told."""

    def __init__(self) -> None:
        self.heard: list[tuple[UUID, str | None, str]] = []

    async def __call__(self, _s: object, _c: object, alert: Alert, transition: AlertTransition) -> None:
        self.heard.append((alert.id, transition.from_state, transition.to_state))


async def apply(core: Core, tenant: TestTenant, *decisions: Decision, listeners: Listeners | None = None) -> list[UUID]:
    """The ids of the alerts of the transitions that were made."""
    async with core.db.transaction(tenant.scope) as session:
        made = await service.apply(session, tenant.scope, decisions, listeners or Listeners())
        return [one.alert_id for one in made]


async def get(client: httpx2.AsyncClient, tenant: TestTenant, path: str = "", **params: Any) -> Any:
    """What the API answers to the tenant's owner."""
    answer = await client.get(f"{URL}{path}", headers=tenant.headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(client: httpx2.AsyncClient, tenant: TestTenant, path: str, body: Any, status: int = 200) -> Any:
    """The same for a change."""
    answer = await client.post(f"{URL}{path}", headers=tenant.headers, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()
