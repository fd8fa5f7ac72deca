"""Fills a tenant with one of everything through the product's own doors, with a canary in every text it can hold.

`SLOTS` says which seeded thing a parameter or property of the API points at; the isolation probe puts foreign ids there. A
name that is neither in `SLOTS` nor in `plain.PLAIN` makes the probe fail: whoever adds a parameter decides what it is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from meta import (
    api_case_seeds,
    ask_seeds,
    catalog_seeds,
    code_seeds,
    connection_seeds,
    event_seeds,
    executor_seeds,
    golden_seeds,
    incident_seeds,
    llm_seeds,
    rule_case_seeds,
    screen_seeds,
    silence_seeds,
    tool_seeds,
    trace_seeds,
    workflow_seeds,
)
from opsloom.assets import reviews
from opsloom.assets import service as assets
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Actor, ActorKind
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory_service
from opsloom.inventory.monitor import Found, FoundItem, FoundRelation
from opsloom.inventory.samples import Sample
from opsloom.notifications import jobs as notification_jobs
from opsloom.rules.kind import RULE
from opsloom.rules.tenant_engine import TenantEngine

PASSWORD = "a passphrase of good length"

# Parameter or property name → the seeded thing it points at.
SLOTS = {
    "user_id": "user",
    "key_id": "key",
    "session_id": "session",
    "tenant_id": "tenant",
    "actor": "user",
    "target_id": "user",
    "item_id": "item",
    "event_id": "event",
    "rule_id": "rule",
    "alert_id": "alert",
    "channel_id": "channel",
    "channel": "channel",
    "delivery_id": "delivery",
    "ids": "notification",
    "api_id": "api",
    "question_id": "question",
    "asset_id": "asset",
    "case_id": "tool_case",
    "review_id": "review",
    "view_id": "view",
    "scan_id": "scan",
    "run_id": "workflow_run",
    "caller": "key",
    "schedule_id": "schedule",
    "table": "table",
    "tables": "table",
    **incident_seeds.SLOTS,
    **ask_seeds.SLOTS,
    "silence_id": "silence",
    "window_id": "window",
    "inhibition_id": "inhibition",
    **executor_seeds.SLOTS,
    **llm_seeds.SLOTS,
    **trace_seeds.SLOTS,
}
# Names that mean something else in one operation.
SLOTS_OF = {
    ("ingest_events", "id"): "event_key",
    ("get_api_run", "run_id"): "api_run",
    ("rerun_api_run", "run_id"): "api_run",
    ("change_many_assets", "ids"): "asset",
    **catalog_seeds.SLOTS_OF,
    **executor_seeds.SLOTS_OF,
    **llm_seeds.SLOTS_OF,
    **connection_seeds.SLOTS_OF,
    **event_seeds.SLOTS_OF,
    **code_seeds.SLOTS_OF,
    **tool_seeds.SLOTS_OF,
    **api_case_seeds.SLOTS_OF,
    **rule_case_seeds.SLOTS_OF,
    **incident_seeds.SLOTS_OF,
    **silence_seeds.SLOTS_OF,
    **screen_seeds.SLOTS_OF,
    **golden_seeds.SLOTS_OF,
    **trace_seeds.SLOTS_OF,
}
# Keys within a draft: a tenant's own names, looked up in that tenant when the draft is published.
KEYS = frozenset(
    {("create_api", "channel"), ("save_api", "channel"), ("check_api", "channel"), ("simulate_rule", "channel")}
)


@dataclass
class Seeds:
    """`ids` holds the identifier of each seeded thing; `canary` is the text that must not be seen elsewhere."""

    tenant: TestTenant
    canary: str
    ids: dict[str, str] = field(default_factory=dict)


class Door:
    """The tenant's owner at the API."""

    def __init__(self, client: httpx2.AsyncClient, seeds: Seeds) -> None:
        self._client = client
        self._headers = seeds.tenant.headers

    async def post(self, path: str, body: Any, status: int = 201) -> Any:
        """Send JSON; the answer must be the expected one."""
        answer = await self._client.post(f"/api/v1{path}", json=body, headers=self._headers)
        assert answer.status_code == status, f"POST {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def put_plain(self, path: str, body: Any) -> None:
        """Put something in its place, whatever was there."""
        answer = await self._client.put(f"/api/v1{path}", json=body, headers=self._headers)
        assert answer.status_code == 200, f"PUT {path}: {answer.status_code} {answer.text}"

    async def put(self, path: str, body: Any, revision: int) -> None:
        """Save a draft that nobody else has edited."""
        headers = self._headers | {"If-Match": f'"{revision}"'}
        answer = await self._client.put(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == 200, f"PUT {path}: {answer.status_code} {answer.text}"

    async def signed(self, path: str, body: bytes, proof: dict[str, str]) -> None:
        """What another system sends on its own."""
        answer = await self._client.post(path, content=body, headers=proof)
        assert answer.status_code == 200, f"POST {path}: {answer.status_code} {answer.text}"

    async def get(self, path: str) -> Any:
        """Read JSON."""
        answer = await self._client.get(f"/api/v1{path}", headers=self._headers)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()


async def people(door: Door, seeds: Seeds, core: Core) -> None:
    """A member, his session, a key."""
    email = f"{seeds.canary}@{seeds.tenant.slug}.example"
    person = {"email": email, "name": seeds.canary, "password": PASSWORD, "role": "viewer"}
    seeds.ids["user"] = (await door.post("/users", person))["id"]
    seeds.ids["key"] = (await door.post("/keys", {"name": seeds.canary, "scopes": ["events.read"]}))["id"]
    seeds.ids["tenant"] = str(seeds.tenant.id)
    await door.post("/keys", {"name": f"{seeds.canary} two", "scopes": ["events.read"]})
    await door.post("/auth/login", {"email": email, "password": PASSWORD}, status=200)
    async with core.db.raw(seeds.tenant.scope) as connection:
        found = await connection.fetchval("select id from sessions where user_id = $1::uuid", seeds.ids["user"])
    seeds.ids["session"] = str(found)


async def inventory(_door: Door, seeds: Seeds, core: Core) -> None:
    """Two hosts, two relations, samples."""
    name, now = seeds.canary, core.clock.now()
    found = Found(
        tuple(FoundItem(f"h:{n}", "host", f"{name} {n}", name, (f"{name} {n} alias",)) for n in (1, 2)),
        (FoundRelation("h:1", "DEPENDS_ON", "h:2"), FoundRelation("h:2", "DEPENDS_ON", "h:1")),
    )
    async with core.db.transaction(seeds.tenant.scope) as session:
        items = await inventory_service.ensure_found(session, seeds.tenant.scope, found, now, "test")
        batch = [
            Sample(item, "cpu.usage", now - timedelta(seconds=n), 99.0) for item in items.values() for n in range(1, 20)
        ]
        await inventory_service.record_samples(await inventory_service.driver_of(session), seeds.tenant.scope, batch)
    seeds.ids["item"], seeds.ids["item_name"] = str(items["h:1"]), f"{name} 1"


async def events(door: Door, seeds: Seeds, _core: Core) -> None:
    """Two events with the canary in every text."""
    name = seeds.canary
    seeds.ids["event_key"] = f"{seeds.tenant.slug}-1"
    told = {"source": "/probe", "type": "deploy", "subject": name, "data": {"text": name}}
    await door.post("/events", [told | {"id": f"{seeds.tenant.slug}-{n}"} for n in (1, 2)], status=200)
    seeds.ids["event"] = (await door.get("/events"))["items"][0]["id"]


async def channels(door: Door, seeds: Seeds, _core: Core) -> None:
    """A webhook with secrets, and one inside Opsloom."""
    name = seeds.canary
    hook = {"type": "webhook", "url": f"https://{name}.example/hook", "headers": {"X-Probe": f"{name} header"}}
    body = {"name": name, "config": hook, "limit": {"messages": 1000, "by": ["probe"]}}
    seeds.ids["channel"] = (await door.post("/channels", body))["id"]
    seeds.ids["inside"] = (await door.post("/channels", {"name": f"{name} inside", "config": {"type": "in_app"}}))["id"]


def rule_body(name: str, *channels: str) -> dict[str, Any]:
    """A rule that fires on the seeded samples and tells a channel."""
    return {
        "name": name,
        "kind": "threshold",
        "source": {"type": "metric", "metric": "cpu.usage"},
        "condition": "value > 90",
        "title": f"{name} {{{{ item }}}}",
        "description": name,
        "labels": {"probe": name},
        "actions": [{"type": "notify", "channel": each} for each in channels],
    }


async def rules(door: Door, seeds: Seeds, core: Core) -> None:
    """A published rule with two versions, and a draft; the engine makes it fire on both hosts."""
    body = rule_body(seeds.canary, seeds.ids["channel"], seeds.ids["inside"])
    rule = await door.post("/rules", body)
    seeds.ids["rule"] = rule["id"]
    await door.post(f"/rules/{rule['id']}/publish", {"comment": seeds.canary}, status=200)
    await door.put(f"/rules/{rule['id']}", body | {"severity": "critical"}, revision=rule["revision"])
    await door.post(f"/rules/{rule['id']}/publish", {"comment": seeds.canary}, status=200)
    await door.post("/rules", rule_body(f"{seeds.canary} draft", seeds.ids["channel"]))
    clock = FakeClock(core.clock.now() + timedelta(seconds=10))
    engine = TenantEngine(replace(core, clock=clock), seeds.tenant.id)
    await engine.load()
    later = core.clock.now() + timedelta(seconds=5)
    async with core.db.transaction(seeds.tenant.scope) as session:
        driver = await inventory_service.driver_of(session)
        items = await driver.fetch("select id from configuration_items where type = 'host'")
        batch = [Sample(row["id"], "cpu.usage", later, 99.0) for row in items]
        await inventory_service.record_samples(driver, seeds.tenant.scope, batch)
    fired: list[dict[str, Any]] = []
    for _ in range(100):  # a sample is read when every older transaction has ended, whoever's it is
        await engine.step()
        fired = (await door.get("/alerts"))["items"]
        if len(fired) == len(items):
            break
    seeds.ids["alert"] = fired[0]["id"]


async def deliveries(door: Door, seeds: Seeds, core: Core) -> None:
    """What the alerts told: in-app notifications, and a webhook that nobody answers."""
    ledger = (await door.get("/deliveries"))["items"]
    seeds.ids["delivery"] = next(each["id"] for each in ledger if each["channel_id"] == seeds.ids["channel"])
    for each in ledger:
        named = {"tenant_id": str(seeds.tenant.id), "delivery_id": each["id"], "channel_id": each["channel_id"]}
        await notification_jobs.deliver(core, **named, attempt=0, counted=True)
    shown = (await door.get("/notifications"))["items"]
    seeds.ids["notification"] = shown[0]["id"]
    await door.post("/notifications/read", {"ids": [shown[-1]["id"]]}, status=200)


async def registry(door: Door, seeds: Seeds, core: Core) -> None:
    """The rule as an asset: tagged, reviewed, with a fault; views of lists of such."""
    seeds.ids["asset"] = asset = seeds.ids["rule"]
    name, tenant = seeds.canary, seeds.tenant
    await door.post("/assets/bulk", {"ids": [asset], "action": "tag", "tag": name}, status=200)
    for _ in range(2):
        review = await door.post(f"/assets/{asset}/reviews", {"comment": name})
        await door.post(f"/assets/{asset}/reviews/{review['id']}/withdraw", {"comment": name}, status=200)
    seeds.ids["review"] = (await door.post(f"/assets/{asset}/reviews", {"comment": name}))["id"]
    scope = replace(tenant.scope, actor=Actor(ActorKind.USER, tenant.user_ids[Role.ADMIN], name))
    async with core.db.transaction(tenant.scope) as session:
        rule = await assets.get(session, RULE, UUID(asset))
        await reviews.decide(session, scope, rule, UUID(seeds.ids["review"]), (True, name))
        await assets.report_fault(session, scope, rule, 1, name)
    for n in (1, 2):
        view = await door.post("/asset-views", {"name": f"{name} {n}", "filters": {"q": name, "tag": [name]}})
    seeds.ids["view"] = view["id"]


Seeder = Callable[[Door, Seeds, Core], Awaitable[None]]
SEEDERS: tuple[Seeder, ...] = (
    people,
    inventory,
    events,
    channels,
    rules,
    silence_seeds.silences,
    incident_seeds.incidents,
    deliveries,
    api_case_seeds.apis,
    ask_seeds.questions,
    registry,
    connection_seeds.connections,
    event_seeds.sources,
    catalog_seeds.catalogs,
    code_seeds.as_code,
    workflow_seeds.workflows,
    workflow_seeds.schedules,
    executor_seeds.executors,
    executor_seeds.calls,
    executor_seeds.baselines,
    tool_seeds.tools,
    api_case_seeds.cases,
    rule_case_seeds.cases,
    llm_seeds.calls,
    screen_seeds.screens,
    golden_seeds.golden,
    trace_seeds.traces,
)


async def seed(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, canary: str) -> Seeds:
    """One of everything in this tenant, and two of what is listed."""
    seeds = Seeds(tenant, canary)
    door = Door(client, seeds)
    for each in SEEDERS:
        await each(door, seeds, core)
    return seeds


# Parameters whose smallest valid value says too little.
SAMPLES = {"reference_id": "r1"}
# Bodies that get an operation as far as looking up what they point at, where the smallest valid one does not.
Body = Callable[[dict[str, str]], Any]
BODIES: dict[str, Body] = {
    **ask_seeds.BODIES,
    **event_seeds.BODIES,
    **incident_seeds.BODIES,
    **llm_seeds.BODIES,
    **trace_seeds.BODIES,
    **golden_seeds.BODIES,
    **silence_seeds.BODIES,
    **rule_case_seeds.BODIES,
    **api_case_seeds.BODIES,
    **tool_seeds.BODIES,
    **code_seeds.BODIES,
    **connection_seeds.BODIES,
    "create_rule": lambda ids: rule_body(f"probe {ids['channel']}", ids["channel"]),
    "save_rule": lambda ids: rule_body(f"saved {ids['channel']}", ids["channel"]),
    "ingest_events": lambda ids: {"source": "/probe", "type": "deploy", "id": ids["id"]},
    "query_metrics": lambda ids: {
        "metric": "cpu.usage", "item_id": ids["item_id"], "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"
    },
}  # fmt: skip
