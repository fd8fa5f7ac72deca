"""A small world for tests of the engine: three hosts, a clock of their own, samples and events put in directly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.alerts import service as alerts
from opsloom.alerts.models import Alert, AlertTransition
from opsloom.alerts.repository import Filters
from opsloom.alerts.service import Listeners
from opsloom.assets import service as assets
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.inventory.monitor import Found, FoundItem
from opsloom.inventory.samples import Sample
from opsloom.kit.ids import new_id
from opsloom.rules import service
from opsloom.rules.kind import RULE
from opsloom.rules.schemas import RuleDraft
from opsloom.rules.tenant_engine import TenantEngine

HOSTS = Found(
    (FoundItem("h:1", "host", "web-1"), FoundItem("h:2", "host", "web-2"), FoundItem("h:3", "host", "db-1")), ()
)

CPU_HIGH = {
    "name": "CPU high",
    "kind": "threshold",
    "source": {"type": "metric", "metric": "cpu.usage"},
    "condition": "value > 90",
    "for_s": 10,
    "severity": "critical",
    "title": "CPU of {{ item }} is at {{ value }} %",
}
FAILED = {
    "name": "Payment failed",
    "kind": "threshold",
    "source": {"type": "event", "event_type": "payment"},
    "condition": "data.status = 'failed' AND data.amount > 100",
    "keys": ["subject"],
}


class World:
    """Time moves only by `at`."""

    def __init__(self, core: Core, tenant: TestTenant) -> None:
        self.clock = FakeClock(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2))
        self.start = self.clock.now()
        self.told: list[tuple[UUID, str]] = []
        self.core = replace(core, clock=self.clock, parts={**core.parts, Listeners: Listeners([self._listen])})
        self.tenant, self.scope = tenant, tenant.scope
        self.items: dict[str, UUID] = {}

    async def _listen(self, _session: object, _scope: object, alert: Alert, transition: AlertTransition) -> None:
        self.told.append((alert.id, transition.to_state))

    async def build(self) -> "World":
        async with self.core.db.transaction(self.scope) as session:
            self.items = await inventory.ensure_found(session, self.scope, HOSTS, self.clock.now(), "test")
        return self

    async def publish(self, **document: Any) -> UUID:
        async with self.core.db.transaction(self.scope) as session:
            asset = await service.create(session, self.scope, RuleDraft.model_validate(document))
            await assets.publish(session, self.scope, RULE, asset.id)
        return asset.id

    async def change(self, rule_id: UUID, **document: Any) -> None:
        async with self.core.db.transaction(self.scope) as session:
            asset = await assets.get(session, RULE, rule_id)
            draft = RuleDraft.model_validate(document)
            await service.save(session, self.scope, rule_id, draft, asset.draft_revision)
            await assets.publish(session, self.scope, RULE, rule_id)

    async def withdraw(self, rule_id: UUID) -> None:
        async with self.core.db.transaction(self.scope) as session:
            await assets.unpublish(session, self.scope, RULE, rule_id)

    async def engine(self, make: type[TenantEngine] = TenantEngine, **options: Any) -> TenantEngine:
        engine = make(self.core, self.tenant.id, **options)
        await engine.load()
        return engine

    def at(self, seconds: float) -> datetime:
        """Bring the clock to so many seconds after the start."""
        self.clock.advance((self.start - self.clock.now()).total_seconds() + seconds)
        return self.clock.now()

    async def sample(self, seconds: float, value: float, host: str = "h:1", metric: str = "cpu.usage") -> None:
        time = self.start + timedelta(seconds=seconds)
        async with self.core.db.raw(self.scope) as connection:
            await inventory.record_samples(connection, self.scope, [Sample(self.items[host], metric, time, value)])

    async def event(self, seconds: float, kind: str, subject: str, data: dict[str, Any]) -> None:
        time, key = self.start + timedelta(seconds=seconds), new_id()
        async with self.core.db.raw(self.scope) as connection:
            await connection.execute(
                "insert into events (tenant_id, id, source, event_id, type, subject, severity, time, received_at, data,"
                " attributes) values ($1, $2, 'shop', $3, $4, $5, null, $6, now(), $7, '{}')",
                self.tenant.id, key, str(key), kind, subject, time, data,
            )  # fmt: skip

    async def drain(self, engine: TenantEngine) -> None:
        """Let the engine take in everything and look at its timers once."""
        while await engine.step():
            pass

    async def alerts(self) -> list[Alert]:
        async with self.core.db.transaction(self.scope) as session:
            return sorted(await alerts.find(session, Filters(), limit=100, before=None), key=lambda one: one.id)

    async def has_alerts(self) -> bool:
        return bool(await self.alerts())

    async def is_resolved(self) -> bool:
        return (await self.alerts())[0].state == "resolved"

    async def steps(self, alert: Alert) -> list[tuple[str | None, str]]:
        """The timeline of an alert."""
        async with self.core.db.transaction(self.scope) as session:
            _, transitions = await alerts.get(session, alert.id)
            return [(one.from_state, one.to_state) for one in transitions]
