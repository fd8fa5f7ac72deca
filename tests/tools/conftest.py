"""Fixtures of tools: a tenant with an upstream, and short ways to make, publish and run tools over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest_asyncio

from apis.http.conftest import Upstream, linked_client, linked_process, upstream

__all__ = ["linked_client", "linked_process", "upstream"]

HOST_SCHEMA = {
    "type": "object",
    "properties": {"host": {"type": "string", "minLength": 1}, "n": {"type": "integer", "minimum": 1, "default": 3}},
    "required": ["host"],
    "additionalProperties": False,
}
ROWS_SCHEMA = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"type": "object", "required": ["value"]}}},
    "required": ["items"],
}
SQL = {"type": "sql", "sql": "select :host::text as host, g as value from generate_series(1, :n::bigint) g"}


@dataclass
class Bench:
    """Makes and runs tools as a tenant's owner."""

    upstream: Upstream

    @property
    def client(self) -> httpx2.AsyncClient:
        return self.upstream.builder.client

    @property
    def headers(self) -> dict[str, str]:
        return self.upstream.builder.tenant.headers

    async def send(self, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> httpx2.Response:
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=self.headers | headers)

    async def get(self, path: str) -> Any:
        answer = await self.client.get(f"/api/v1{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def draft(self, name: str, logic: dict[str, Any], **content: Any) -> str:
        """A new draft; returns its id."""
        content = {"input_schema": HOST_SCHEMA, "logic": logic, **content}
        made = await self.send("/assets", {"kind": "tool", "name": name, "content": content})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def publish(self, name: str, logic: dict[str, Any], **content: Any) -> str:
        """A published tool; returns its id."""
        asset_id = await self.draft(name, logic, **content)
        answer = await self.send(f"/assets/{asset_id}/publish", {})
        assert answer.status_code == 200, answer.text
        return asset_id

    async def run(self, asset_id: str, arguments: dict[str, Any], *, draft: bool = False) -> httpx2.Response:
        return await self.send(f"/tools/{asset_id}/run", {"arguments": arguments, "draft": draft})

    async def runs(self, asset_id: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.get(f"/tools/{asset_id}/runs"))["items"]
        return items


@pytest_asyncio.fixture
async def bench(upstream: Upstream) -> Bench:
    return Bench(upstream)
