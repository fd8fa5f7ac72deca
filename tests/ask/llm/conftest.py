"""A process that may call this machine, a tenant in it, and a scripted provider of a language model."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio
from sqlalchemy import select

from ask.cast import company
from fakes.receiver import Receiver
from fixtures.linked import Linked, linked_core
from fixtures.tenants import make_tenant
from opsloom.ask.llm.calls import Models
from opsloom.ask.llm.models import LlmCall, LlmDay
from opsloom.ask.llm.offer import ModelQuestion
from opsloom.ask.llm.planner import Attempt, ModelPlanner
from opsloom.ask.plan import Language
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.validate import DEFAULT
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kinds
from opsloom.connections.content import ModelProvider
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.settings import Settings

KEY = "sk-scripted-0123456789abcdef"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS = frozenset(tool.kind for tool in BUILT_IN)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def linked_process(core: Core, settings: Settings, app_dsn: Dsn) -> AsyncIterator[Core]:
    """One process for all these tests, with the library of OpenAI's protocol in memory; the usual one has made what both need."""
    del core
    async with linked_core(settings, app_dsn) as made:
        await made.part(Models).libraries.load(ModelProvider.OPENAI)
        yield made


@dataclass
class Desk:
    """A tenant with a model: how to configure it, to ask it, and to look at what it left behind."""

    linked: Linked
    receiver: Receiver
    policy_id: Any = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def scope(self) -> Any:
        return self.linked.tenant.scope

    async def connect(self, name: str, url: str, **more: Any) -> str:
        key = await self.linked.secret(f"{name}/key", KEY)
        config = {"type": "model", "provider": "openai", "url": url, "model": "scripted", "key": key}
        return await self.linked.publish(name, config | more)

    async def publish(self, kind_name: str, name: str, content: dict[str, Any]) -> Any:
        kind = self.linked.core.part(Kinds).named(kind_name)
        async with self.linked.core.db.transaction(self.scope) as session:
            asset = await assets.create_draft(session, self.scope, kind, name, content)
            await assets.publish(session, self.scope, kind, asset.id)
        return asset.id

    async def allow(self, **policy: Any) -> None:
        """Put the policy of models in force."""
        self.policy_id = await self.publish("model_policy", "Models", {"model": "main"} | policy)

    async def attempt(self, text: str = "cpu of web-01 please, whatever", **more: Any) -> Attempt:
        question = ModelQuestion(
            text=text, world=company(), now=NOW, zone=ZoneInfo("Asia/Seoul"), kinds=KINDS, **(self.more | more)
        )
        planner = ModelPlanner(self.linked.core.part(Models), DEFAULT)
        return await planner.attempt(self.scope, question, Language.EN)

    async def calls(self) -> list[LlmCall]:
        async with self.linked.core.db.transaction(self.scope) as session:
            return list((await session.execute(select(LlmCall).order_by(LlmCall.at, LlmCall.id))).scalars())

    async def today(self) -> LlmDay:
        async with self.linked.core.db.transaction(self.scope) as session:
            return (await session.execute(select(LlmDay))).scalar_one()


@pytest_asyncio.fixture
async def bare(linked_process: Core) -> AsyncIterator[Desk]:
    """A tenant with a provider that runs, and no policy."""
    async with Receiver().serving() as receiver:
        desk = Desk(Linked(linked_process, await make_tenant(linked_process)), receiver)
        await desk.connect("main", f"http://127.0.0.1:{receiver.port}/v1")
        yield desk


@pytest_asyncio.fixture
async def desk(bare: Desk) -> Desk:
    """The same with a policy in force."""
    await bare.allow()
    return bare
