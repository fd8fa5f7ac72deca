"""A workshop whose only kind is the tests' own, on the real database."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from assets.code.worlds import PartKind, part_kinds
from fixtures.tenants import TestTenant
from opsloom.assets.code import service
from opsloom.assets.code.bundle import Filling
from opsloom.assets.code.planner import Goal, Plan
from opsloom.assets.code.schemas import ExportRequest
from opsloom.assets.code.service import Doing, Done, Workshop
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core


@dataclass
class Shop:
    """Short ways to the operations, as one tenant."""

    core: Core
    scope: Scope
    kind: PartKind = field(default_factory=PartKind)

    def __post_init__(self) -> None:
        self.workshop = Workshop(self.core.db, part_kinds(self.kind), self.core.clock)

    async def plan(self, files: dict[str, str], **goal: Any) -> Plan:
        wanted = await service.read(self.workshop, files, Filling({}), Goal(**goal))
        return await service.plan(self.workshop, self.scope, wanted)

    async def apply(self, files: dict[str, str], *, force: bool = False, **goal: Any) -> Done:
        wanted = await service.read(self.workshop, files, Filling({}), Goal(**goal))
        return await service.apply(self.workshop, self.scope, wanted, Doing(force, "from files"))

    async def export(self, *, drafts: bool = False) -> dict[str, str]:
        return dict((await service.export(self.workshop, self.scope, ExportRequest(drafts=drafts))).files)

    async def rows(self) -> dict[str, list[Any]]:
        """Everything that applying could touch."""
        tables = ("assets", "asset_versions", "asset_links", "applied_assets", "audit_entries", "stream_messages")
        async with self.core.db.transaction(self.scope) as session:
            found = {}
            for table in tables:
                rows = await session.execute(text(f"select to_jsonb(t)::text from {table} t order by 1"))
                found[table] = [row[0] for row in rows]
            return found


@pytest.fixture
def shop(core: Core, tenant: TestTenant) -> Shop:
    return Shop(core, tenant.scope)


@pytest.fixture
def other_shop(core: Core, other_tenant: TestTenant) -> Shop:
    return Shop(core, other_tenant.scope)
