"""A tenant's assets over HTTP, and kinds made for the tests."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role


@dataclass
class Desk:
    """A member of a tenant at the API."""

    client: httpx2.AsyncClient
    tenant: TestTenant
    role: Role = Role.OWNER

    def as_role(self, role: Role) -> "Desk":
        """A colleague."""
        return Desk(self.client, self.tenant, role)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """One request, whatever comes back."""
        given = self.tenant.as_role(self.role) | headers
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=given)

    async def get(self, path: str) -> Any:
        """Read JSON."""
        answer = await self.send("GET", path)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        """Send JSON; the answer must be the expected one."""
        answer = await self.send("POST", path, {} if body is None else body)
        assert answer.status_code == status, f"POST {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def save(self, asset: dict[str, Any], content: Any, **more: Any) -> dict[str, Any]:
        """Save the draft of an asset as it was read."""
        body = {"name": asset["name"], "content": content} | more
        answer = await self.send("PUT", f"/assets/{asset['id']}", body, **{"If-Match": f'"{asset["draft_revision"]}"'})
        assert answer.status_code == 200, answer.text
        saved: dict[str, Any] = answer.json()
        return saved

    async def create(self, kind: str, name: str, content: Any, **more: Any) -> dict[str, Any]:
        """A draft."""
        made: dict[str, Any] = await self.post("/assets", {"kind": kind, "name": name, "content": content} | more, 201)
        return made

    async def publish(self, asset: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Put the draft in force."""
        published: dict[str, Any] = await self.post(f"/assets/{asset['id']}/publish", more)
        return published

    async def channel(self, name: str) -> dict[str, Any]:
        """A channel in force."""
        return await self.publish(await self.create("channel", name, {"config": {"type": "in_app"}}))

    async def rule(self, name: str, *channels: str) -> dict[str, Any]:
        """A rule in force that tells channels."""
        return await self.publish(await self.create("rule", name, rule_content(*channels)))


def rule_content(*channels: str) -> dict[str, Any]:
    """A rule that tells channels."""
    return {
        "kind": "threshold",
        "source": {"type": "metric", "metric": "cpu.usage"},
        "condition": "value > 90",
        "actions": [{"type": "notify", "channel": each} for each in channels],
    }


@pytest_asyncio.fixture
async def desk(client: httpx2.AsyncClient, tenant: TestTenant) -> Desk:
    """The tenant's owner."""
    return Desk(client, tenant)


@pytest_asyncio.fixture
async def other_desk(client: httpx2.AsyncClient, other_tenant: TestTenant) -> Desk:
    """Somebody of another tenant."""
    return Desk(client, other_tenant)
