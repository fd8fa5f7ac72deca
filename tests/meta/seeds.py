"""Fills a tenant with one of everything through the product's own doors, with a canary in every text it can hold.

`SLOTS` says which seeded thing a parameter or property of the API points at; the isolation probe puts foreign ids there. A
name that is neither in `SLOTS` nor in `PLAIN` makes the probe fail: whoever adds a parameter decides what it is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

PASSWORD = "a passphrase of good length"

# Parameter or property name → the seeded thing it points at.
SLOTS = {
    "user_id": "user",
    "key_id": "key",
    "session_id": "session",
    "tenant_id": "tenant",
    "actor": "user",
    "target_id": "user",
}
# They narrow, sort, page or describe; they point at nothing of a tenant's.
PLAIN = frozenset(
    {
        "limit",
        "cursor",  # has a test of its own
        "from",
        "to",
        "action",
        "target_kind",
        "topics",
        "last-event-id",
        "name",  # of a circuit breaker of the process
    }
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


Seeder = Callable[[Door, Seeds, Core], Awaitable[None]]
SEEDERS: tuple[Seeder, ...] = (people,)


async def seed(client: httpx2.AsyncClient, core: Core, tenant: TestTenant, canary: str) -> Seeds:
    """One of everything in this tenant."""
    seeds = Seeds(tenant, canary)
    door = Door(client, seeds)
    for each in SEEDERS:
        await each(door, seeds, core)
    return seeds


# Bodies that get an operation as far as looking up what they point at, where the smallest valid one does not.
Body = Callable[[dict[str, str]], dict[str, Any]]
BODIES: dict[str, Body] = {}
ROLE_OF_STRANGER = Role.OWNER
