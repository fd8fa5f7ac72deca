"""A receiver on loopback that may be called, alerts to tell about, and the steps that the tests share."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, text

from fakes.receiver import Received, Receiver
from fixtures.tenants import TestTenant
from opsloom.infra.addresses import EgressPolicy
from opsloom.infra.core import Core
from opsloom.infra.http import CallLimits, Http
from opsloom.infra.secrets import Secrets
from opsloom.kit.ids import new_id
from opsloom.kit.resilience.breaker import BreakerPolicy
from opsloom.kit.resilience.bulkhead import BulkheadPolicy, Bulkheads
from opsloom.notifications import directory, jobs, service
from opsloom.notifications.attempts import DeliveryPolicy
from opsloom.notifications.channels.types import Senders
from opsloom.notifications.channels.webhook import WebhookSender
from opsloom.notifications.content import ChannelType, Route
from opsloom.notifications.directory import Tools
from opsloom.notifications.models import Delivery, DeliveryAttempt
from opsloom.notifications.schemas import ChannelBody
from opsloom.notifications.stages import Stages
from opsloom.notifications.telling import Telling

SECRET = "whsec_" + base64.b64encode(b"canary-3b1f-secret-of-32-bytes!!").decode()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class AlertFact:
    """An alert as notifications see one."""

    id: UUID = field(default_factory=new_id)
    rule_id: UUID = field(default_factory=new_id)
    rule_name: str = "Busy checkout"
    key: str = "host=web-01"
    title: str = "CPU of web-01 is above 90 %"
    description: str = ""
    severity: str = "critical"
    labels: Mapping[str, str] = field(default_factory=lambda: {"service": "checkout", "host": "web-01"})
    channels: list[str] = field(default_factory=list)
    started_at: datetime = NOON
    fired_at: datetime | None = NOON
    resolved_at: datetime | None = None


@dataclass
class TransitionFact:
    """One of its transitions."""

    id: UUID = field(default_factory=new_id)
    at: datetime = NOON
    from_state: str | None = "pending"
    to_state: str = "firing"
    actor: str = "system"
    reason: str = "condition true for 1 min"


def without_link(body: bytes) -> dict[str, Any]:
    """A message but for the link that acknowledges: each sending seals its own."""
    told: dict[str, Any] = orjson.loads(body)
    assert told["data"].pop("acknowledge", "").startswith("http")
    return told


def verified(got: Received, secret: str = SECRET) -> bool:
    """Whether the signature is right, by an implementation of the standard that is not the product's."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([got.headers["webhook-id"].encode(), got.headers["webhook-timestamp"].encode(), got.body])
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return got.headers["webhook-signature"] == wanted


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as made:
        yield made


@pytest.fixture
async def out(core: Core, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Http]:
    """A way out that may reach loopback, for channels and for what checks them; impatient, so that hanging is cheap."""
    http = Http(EgressPolicy.read(["127.0.0.0/8"]))
    limits = CallLimits(connect_s=2, read_s=0.3, total_s=0.5, max_bytes=4_096, cut=True)
    senders = Senders(
        {ChannelType.WEBHOOK: WebhookSender(http, limits)},
        policy=DeliveryPolicy(attempts=4),
        breaker=BreakerPolicy(failures=5, open_s=60),
        chance=lambda: 0.5,
        bulkheads=Bulkheads(BulkheadPolicy(limit=2, queue=0)),
    )
    monkeypatch.setattr(core, "http", http)
    monkeypatch.setitem(core.parts, Senders, senders)
    yield http
    await http.close()


class Desk:
    """One tenant's notifications, as the product drives them: transitions in, jobs run, the ledger read."""

    def __init__(self, core: Core, tenant: TestTenant) -> None:
        self.core = core
        self.tenant = tenant

    async def webhook(
        self,
        url: str,
        *,
        name: str = "Hook",
        route: Route | None = None,
        headers: dict[str, str] | None = None,
        **more: object,
    ) -> UUID:
        config = {"type": "webhook", "url": url, "secret": SECRET, "headers": headers}
        return await self.channel({"name": name, "config": config, "route": route or Route(), **more})

    async def service(self, kind: str, form: Mapping[str, object], **more: object) -> UUID:
        return await self.channel({"name": kind, "config": {"type": kind, **form}, **more})

    async def channel(self, given: Mapping[str, object]) -> UUID:
        body = ChannelBody.model_validate(given)
        tools = Tools(self.core.part(Secrets), self.core.http.policy, self.core.clock)
        async with self.core.db.transaction(self.tenant.scope) as session:
            return (await directory.create(session, self.tenant.scope, tools, body)).asset.id

    async def happen(self, alert: AlertFact | None = None, transition: TransitionFact | None = None) -> TransitionFact:
        made = transition or TransitionFact()
        async with self.core.db.transaction(self.tenant.scope) as session:
            await Telling(self.core.part(Stages))(session, self.tenant.scope, alert or AlertFact(), made)
        return made

    async def ledger(self, channel_id: UUID | None = None) -> list[Delivery]:
        query = select(Delivery).order_by(Delivery.id)
        if channel_id is not None:
            query = query.where(Delivery.channel_id == channel_id)
        async with self.core.db.transaction(self.tenant.scope) as session:
            return list((await session.execute(query)).scalars())

    async def line(self, channel_id: UUID) -> Delivery:
        [line] = await self.ledger(channel_id)
        return line

    async def tries(self, delivery: Delivery) -> list[DeliveryAttempt]:
        async with self.core.db.transaction(self.tenant.scope) as session:
            return (await service.get_delivery(session, delivery.id))[1]

    async def attempt(self, delivery: Delivery, number: int | None = None) -> None:
        """Run the job of the delivery's next attempt (or of an earlier one), as the worker does when its time has come."""
        await jobs.deliver(
            self.core,
            tenant_id=str(self.tenant.id),
            delivery_id=str(delivery.id),
            channel_id=str(delivery.channel_id),
            attempt=delivery.attempts if number is None else number,
        )

    async def queued(self, delivery: Delivery) -> list[tuple[int, datetime | None]]:
        """The delivery's jobs in the queue: for which attempt, and when."""
        sql = text(
            "select (args->>'attempt')::int, scheduled_at from procrastinate_jobs "
            "where task_name = 'notifications.deliver' and args->>'delivery_id' = :id order by id"
        )
        async with self.core.db.transaction(self.tenant.scope) as session:
            rows = await session.execute(sql, {"id": str(delivery.id)})
            return [(row[0], row[1]) for row in rows.all()]


@pytest.fixture
def desk(core: Core, out: Http, tenant: TestTenant) -> Desk:
    return Desk(core, tenant)
