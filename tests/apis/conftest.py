"""Fixtures of the API manager's tests: the whole application, and a tenant with something to read."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.run_log import RunLog
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def _close_lanes(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Lanes).close()


CPU = "select time, value from data.metrics where metric = 'cpu.usage' and item = :host order by time desc limit :n"
PARAMETERS = [
    {"name": "host", "type": "string", "required": True},
    {"name": "n", "type": "integer", "default": 10, "minimum": 1, "maximum": 100},
]


async def fill(core: Core, tenant: TestTenant, host: str, values: list[float]) -> None:
    """One host with one sample a minute of cpu.usage, the newest now."""
    item, now = new_id(), core.clock.now()
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute(
            """insert into configuration_items (tenant_id, id, key, type, name, source, created_at, updated_at)
               values ($1, $2, $3, 'host', $3, 'test', $4, $4)""",
            tenant.id, item, host, now,
        )  # fmt: skip
        series = await connection.fetchval(
            "insert into metric_series (tenant_id, ci_id, metric, unit) values ($1, $2, 'cpu.usage', 'percent') returning id",
            tenant.id, item,
        )  # fmt: skip
        rows = [(tenant.id, series, now - timedelta(minutes=age), value) for age, value in enumerate(reversed(values))]
        await connection.executemany(
            "insert into metric_samples (tenant_id, series_id, time, value) values ($1, $2, $3, $4)", rows
        )


def draft(path: str, sql: str, **more: Any) -> dict[str, Any]:
    """The body of a new API."""
    return {"name": more.pop("name", path), "path": path, "logic": {"type": "sql", "sql": sql}, **more}


def problem_in(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    return body


class Builder:
    """Makes and calls APIs over HTTP as a tenant's owner."""

    def __init__(self, core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
        self.core = core
        self.client = client
        self.tenant = tenant

    async def create(self, path: str, sql: str, **more: Any) -> dict[str, Any]:
        answer = await self.client.post("/api/v1/apis", json=draft(path, sql, **more), headers=self.tenant.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def publish(self, path: str, sql: str, **more: Any) -> str:
        made = await self.create(path, sql, **more)
        answer = await self.client.post(f"/api/v1/apis/{made['id']}/publish", json={}, headers=self.tenant.headers)
        assert answer.status_code == 200, answer.text
        return str(made["id"])

    async def call(self, path: str, **parameters: Any) -> httpx2.Response:
        return await self.client.get(f"/runtime/{path}", params=parameters, headers=self.tenant.headers)

    async def runs(self, api_id: str) -> list[dict[str, Any]]:
        """The log, newest first."""
        await self.core.part(RunLog).flush()
        answer = await self.client.get(f"/api/v1/apis/{api_id}/runs", headers=self.tenant.headers)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest_asyncio.fixture
async def builder(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> Builder:
    return Builder(core, client, tenant)
