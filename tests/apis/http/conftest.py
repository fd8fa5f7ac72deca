"""Fixtures of HTTP APIs: a process that may call this machine, its application, and an upstream that misbehaves on demand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson
import pytest_asyncio

from apis.conftest import Builder
from fakes.receiver import Behaviour, Receiver, answers
from fixtures.linked import Linked, linked_core
from fixtures.tenants import make_tenant
from opsloom import composition
from opsloom.apis.engines.lanes import Lanes
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.settings import Settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def linked_process(core: Core, settings: Settings, app_dsn: Dsn) -> AsyncIterator[Core]:
    """One process for all tests of HTTP APIs."""
    del core
    async with linked_core(settings, app_dsn) as made:
        yield made
        await made.part(Lanes).close()
        await made.part(Aside).close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def linked_client(linked_process: Core) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of that process's application."""
    app = create_app(linked_process, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as made:
        yield made


@dataclass
class Upstream:
    """An HTTP server and the connection to it, under the key `upstream`; tests tell it what to do."""

    receiver: Receiver
    linked: Linked
    builder: Builder

    async def publish(self, path: str, logic: dict[str, Any], **more: Any) -> str:
        """A published HTTP API; returns its id."""
        made = await self.send("/apis", self.draft(path, logic, **more))
        assert made.status_code == 201, made.text
        api_id = str(made.json()["id"])
        published = await self.send(f"/apis/{api_id}/publish", {})
        assert published.status_code == 200, published.text
        return api_id

    def draft(self, path: str, logic: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"name": path, "path": path, "logic": {"type": "http", "connection": "upstream", **logic}, **more}

    async def send(self, path: str, body: Any) -> httpx2.Response:
        """POST as the tenant's owner."""
        return await self.builder.client.post(f"/api/v1{path}", json=body, headers=self.builder.tenant.headers)

    def answer(self, value: Any, status: int = 200, **headers: str) -> None:
        """What it answers from now on, as JSON."""
        self.receiver.otherwise = says(value, status, **headers)


def says(value: Any, status: int = 200, **headers: str) -> Behaviour:
    return answers(status, orjson.dumps(value), content_type="application/json", **headers)


@pytest_asyncio.fixture
async def upstream(linked_process: Core, linked_client: httpx2.AsyncClient) -> AsyncIterator[Upstream]:
    tenant = await make_tenant(linked_process)
    linked = Linked(linked_process, tenant)
    async with Receiver().serving() as receiver:
        config = {"type": "http", "url": f"http://127.0.0.1:{receiver.port}/base"}
        await linked.publish("upstream", config, total_s=20.0)
        yield Upstream(receiver, linked, Builder(linked_process, linked_client, tenant))
